import { describe, expect, test } from 'bun:test';
import type { Attempts } from '../../src/core/rules/attempts.ts';
import { judge, type OtpState } from '../../src/core/rules/judgement.ts';

const NOW = 1_000_000;
const policy = { maxAttempts: 5, lockoutMs: 300_000, everyGuessCounts: false };
const live = { digits: '012345', expiresAt: NOW + 1, goneAt: undefined };
const ended = { ...live, expiresAt: NOW };
const inGrace = { ...ended, goneAt: NOW + 1 };
const gone = { ...ended, goneAt: NOW };
const two: Attempts = { failures: 2, locks: 0, lockedUntil: 0, forgetAt: NOW + 1 };
const lock: Attempts = { failures: 0, locks: 1, lockedUntil: NOW + 1, forgetAt: NOW + 3_600_001 };
const state = (code: OtpState['code'], attempts?: Attempts): OtpState => ({ code, attempts });

describe('a guess', () => {
  test.each([
    ['right, in time', state(live), '012345', 'verified'],
    ['right, at the deadline', state(ended), '012345', 'expired'],
    ['right, in the grace period', state(inGrace), '012345', 'expired'],
    ['right, after the grace period', state(gone), '012345', 'none'],
    ['wrong', state(live), '012346', 'wrong'],
    ['wrong by a leading zero', state(live), '12345', 'wrong'],
    ['of more digits', state(live), '0123450', 'wrong'],
    ['wrong, at the deadline', state(ended), '999999', 'expired'],
    ['wrong, in the grace period', state(inGrace), '999999', 'expired'],
    ['where there is no code', state(undefined, two), '012345', 'none'],
    ['where there is nothing', undefined, '012345', 'none'],
    ['right, under a lock', state(live, lock), '012345', 'locked'],
    ['wrong, under a lock', state(live, lock), '999999', 'locked'],
    ['where there is only a lock', state(undefined, lock), '012345', 'locked'],
  ] as const)('%s', (_, state, guess, verdict) => {
    expect(judge(state, guess, policy, NOW).verdict).toBe(verdict);
  });
});

describe('the count of wrong codes', () => {
  const failures = (state: OtpState | undefined, everyGuessCounts = false, maxAttempts = 5) => {
    const judged = judge(state, '999999', { ...policy, everyGuessCounts, maxAttempts }, NOW);
    return 'attempts' in judged ? judged.attempts?.failures : undefined;
  };

  test('grows with a wrong code', () => {
    expect(failures(state(live))).toBe(1);
    expect(failures(state(live, two))).toBe(3);
  });

  test('does not grow with a guess at an expired code or at none', () => {
    for (const code of [ended, inGrace, gone, undefined]) expect(failures(state(code, two))).toBe(2);
    expect(failures(undefined)).toBeUndefined();
  });

  test('grows with every guess where every guess counts', () => {
    for (const code of [live, ended, inGrace, gone, undefined])
      expect(failures(state(code, two), true)).toBe(3);
    expect(failures(undefined, true)).toBe(1);
  });

  test('stays as it is where there is no limit', () => {
    expect(failures(state(live), true, 0)).toBeUndefined();
  });
});
