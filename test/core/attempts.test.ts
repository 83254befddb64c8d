import { describe, expect, test } from 'bun:test';
import { type Attempts, afterWrongCode, attemptsLeft, lockedUntil } from '../../src/core/rules/attempts.ts';

const HOUR = 3_600_000;
const policy = { maxAttempts: 3, lockoutMs: 300_000 };

/** What is kept after wrong codes at these times. */
const after = (...times: number[]) =>
  times.reduce<Attempts | undefined>((attempts, now) => afterWrongCode(attempts, policy, now), undefined);

describe('wrong codes in a row', () => {
  test('are counted down to the lock', () => {
    const left = [[0], [0, 1], [0, 1, 2]].map((times) => {
      const attempts = after(...times);
      return attempts && attemptsLeft(attempts, policy, times.at(-1) ?? 0);
    });
    expect(left).toEqual([2, 1, 0]);
  });

  test('lock at the limit, for the time that is set, and no longer', () => {
    const attempts = after(0, 1, 2);
    expect(lockedUntil(attempts, 2)).toBe(300_002);
    expect(lockedUntil(attempts, 300_001)).toBe(300_002);
    expect(lockedUntil(attempts, 300_002)).toBeUndefined();
    expect(lockedUntil(after(0, 1), 1)).toBeUndefined();
    expect(lockedUntil(undefined, 0)).toBeUndefined();
  });

  test('start again from nothing when the lock opens', () => {
    const attempts = after(0, 1, 2, 300_002);
    expect(attempts).toMatchObject({ failures: 1, locks: 1 });
    expect(attempts && attemptsLeft(attempts, policy, 300_002)).toBe(2);
  });

  test('are forgotten an hour after the last one', () => {
    expect(after(0, HOUR - 1)?.failures).toBe(2);
    expect(after(0, HOUR)?.failures).toBe(1);
  });
});

describe('a lock', () => {
  test('lasts twice as long as the one before, and at most an hour', () => {
    let attempts: Attempts | undefined;
    let now = 0;
    const minutes: number[] = [];
    for (let lock = 0; lock < 100; lock++) {
      for (let i = 0; i < 3; i++) attempts = afterWrongCode(attempts, policy, now);
      const opens = lockedUntil(attempts, now) ?? now;
      minutes.push((opens - now) / 60_000);
      now = opens;
    }
    expect(minutes.slice(0, 6)).toEqual([5, 10, 20, 40, 60, 60]);
    expect(Math.max(...minutes)).toBe(60);
  });

  test('is forgotten an hour after its end: the next one is short again', () => {
    const opened = 300_002;
    expect(after(0, 1, 2, opened + HOUR - 1)?.locks).toBe(1);
    expect(after(0, 1, 2, opened + HOUR)?.locks).toBe(0);
    expect(after(0, 1, 2)?.forgetAt).toBe(opened + HOUR);
  });
});
