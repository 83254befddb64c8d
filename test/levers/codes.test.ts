import { describe, expect, test } from 'bun:test';
import type { OtpKey } from '../../src/core/store.ts';
import { type FixedCode, fixedCodes } from '../../src/levers/codes/fixed-codes.ts';
import { LocalCounter, seededCodes } from '../../src/levers/codes/seeded-codes.ts';
import { LocalList } from '../../src/levers/list/list.ts';

const key = (user: string, purpose = 'default') => ({ user, purpose });

describe('fixed codes', () => {
  test('are for users who match, by the first entry that does; all others draw their codes elsewhere', async () => {
    const list = new LocalList<FixedCode>();
    const codes = fixedCodes(list, async () => '000000');
    await list.set([
      { user: 'alice', code: '1111' },
      { user: 'a*', code: '222222' },
    ]);
    expect(await Promise.all(['alice', 'anna', 'bob'].map((user) => codes.draw(key(user))))).toEqual([
      '1111',
      '222222',
      '000000',
    ]);
    expect(['alice', 'anna', 'bob'].map((user) => codes.isExempt(user))).toEqual([true, true, false]);
    await list.set([]);
    expect([await codes.draw(key('alice')), codes.isExempt('alice')]).toEqual(['000000', false]);
  });
});

describe('seeded codes', () => {
  function seeded(seed: string, length: number) {
    const counter = new LocalCounter();
    return { counter, draw: seededCodes(seed, length, counter) };
  }
  /** Draws a code, and counts it. */
  const issue = async ({ draw, counter }: ReturnType<typeof seeded>, whose: OtpKey) => {
    const code = await draw(whose);
    counter.count(whose);
    return code;
  };
  const drawn = async (codes: ReturnType<typeof seeded>, keys: OtpKey[]) => {
    const lines: string[] = [];
    for (const key of keys) lines.push(`${key.user}/${key.purpose}: ${await issue(codes, key)}`);
    return lines;
  };

  test('have exactly as many digits as configured, leading zeros included', async () => {
    for (const length of [4, 6, 10]) {
      const codes = seeded('seed', length);
      const some = await drawn(
        codes,
        Array.from({ length: 500 }, () => key('alice')),
      );
      for (const line of some) expect(line).toMatch(new RegExp(`: [0-9]{${length}}$`));
      expect(some.some((line) => line.includes(': 0'))).toBe(true);
      expect(new Set(some).size).toBeGreaterThan(450);
    }
  });

  test('repeat with the same seed, and differ with another', async () => {
    const keys = [key('alice'), key('alice'), key('bob'), key('alice', 'login')];
    const first = await drawn(seeded('seed', 6), keys);
    expect(await drawn(seeded('seed', 6), keys)).toEqual(first);
    expect(await drawn(seeded('other', 6), keys)).not.toEqual(first);
    expect(new Set(first.map((line) => line.slice(-6))).size).toBe(4);
  });

  test('of one user do not depend on what other users request meanwhile', async () => {
    const alone = await drawn(seeded('seed', 6), [key('alice'), key('alice'), key('alice')]);
    const crowd = [key('alice'), key('bob'), key('alice', 'login'), key('alice'), key('bob'), key('alice')];
    const among = await drawn(seeded('seed', 6), crowd);
    expect(among.filter((line) => line.startsWith('alice/default'))).toEqual(alone);
  });

  test('do not change with a draw that issues no code', async () => {
    const [codes, others] = [seeded('seed', 6), seeded('seed', 6)];
    for (let i = 0; i < 3; i++) await codes.draw(key('alice'));
    expect(await drawn(codes, [key('alice'), key('alice')])).toEqual(
      await drawn(others, [key('alice'), key('alice')]),
    );
  });

  test('start again for a user who is forgotten', async () => {
    const codes = seeded('seed', 6);
    const [alice, bob] = [await issue(codes, key('alice')), await issue(codes, key('bob'))];
    await codes.counter.forget('al');
    expect(await codes.draw(key('alice'))).not.toBe(alice);
    await codes.counter.forget('alice');
    expect(await issue(codes, key('alice'))).toBe(alice);
    expect(await issue(codes, key('bob'))).not.toBe(bob);
    await codes.counter.forget();
    expect(await issue(codes, key('bob'))).toBe(bob);
  });

  test('are counted for 100,000 users: beyond that, the least recent one starts again', async () => {
    const codes = seeded('seed', 6);
    const [alice, bob] = [await issue(codes, key('alice')), await issue(codes, key('bob'))];
    await issue(codes, key('alice'));
    for (let i = 0; i < 99_999; i++) await issue(codes, key(`user-${i}`));
    expect(await issue(codes, key('alice'))).not.toBe(alice);
    expect(await issue(codes, key('bob'))).toBe(bob);
  });
});
