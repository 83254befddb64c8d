import { describe, expect, test } from 'bun:test';
import { FixedCodes } from '../../src/levers/codes/fixed-codes.ts';
import { SeededCodes } from '../../src/levers/codes/seeded-codes.ts';

const key = (user: string, purpose = 'default') => ({ user, purpose });

describe('fixed codes', () => {
  const others = { draw: async () => '000000' };

  test('are for users who match, by the first entry that does; all others draw their codes elsewhere', async () => {
    const codes = new FixedCodes(others);
    await codes.set([
      { user: 'alice', code: '1111' },
      { user: 'a*', code: '222222' },
    ]);
    expect(await Promise.all(['alice', 'anna', 'bob'].map((user) => codes.draw(key(user))))).toEqual([
      '1111',
      '222222',
      '000000',
    ]);
    expect(['alice', 'anna', 'bob'].map((user) => codes.isExempt(user))).toEqual([true, true, false]);
    await codes.set([]);
    expect([await codes.draw(key('alice')), codes.isExempt('alice')]).toEqual(['000000', false]);
  });
});

describe('seeded codes', () => {
  /** Draws a code, and announces it. */
  const issue = async (codes: SeededCodes, whose: { user: string; purpose: string }) => {
    const code = await codes.draw(whose);
    codes.onEvent({ type: 'otp.requested', id: 'e', time: 0, otp: 'c', code, expiresAt: 0, ...whose });
    return code;
  };
  const drawn = async (codes: SeededCodes, keys: { user: string; purpose: string }[]) => {
    const lines: string[] = [];
    for (const key of keys) lines.push(`${key.user}/${key.purpose}: ${await issue(codes, key)}`);
    return lines;
  };

  test('have exactly as many digits as configured, leading zeros included', async () => {
    for (const length of [4, 6, 10]) {
      const codes = new SeededCodes('seed', length);
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
    const first = await drawn(new SeededCodes('seed', 6), keys);
    expect(await drawn(new SeededCodes('seed', 6), keys)).toEqual(first);
    expect(await drawn(new SeededCodes('other', 6), keys)).not.toEqual(first);
    expect(new Set(first.map((line) => line.slice(-6))).size).toBe(4);
  });

  test('of one user do not depend on what other users request meanwhile', async () => {
    const alone = await drawn(new SeededCodes('seed', 6), [key('alice'), key('alice'), key('alice')]);
    const crowd = [key('alice'), key('bob'), key('alice', 'login'), key('alice'), key('bob'), key('alice')];
    const among = await drawn(new SeededCodes('seed', 6), crowd);
    expect(among.filter((line) => line.startsWith('alice/default'))).toEqual(alone);
  });

  test('do not count a request that was refused', async () => {
    const [codes, others] = [new SeededCodes('seed', 6), new SeededCodes('seed', 6)];
    for (let i = 0; i < 3; i++) await codes.draw(key('alice'));
    expect(await drawn(codes, [key('alice'), key('alice')])).toEqual(
      await drawn(others, [key('alice'), key('alice')]),
    );
  });

  test('start again for a user who is forgotten', async () => {
    const codes = new SeededCodes('seed', 6);
    const [alice, bob] = [await issue(codes, key('alice')), await issue(codes, key('bob'))];
    await codes.forget('al');
    expect(await codes.draw(key('alice'))).not.toBe(alice);
    await codes.forget('alice');
    expect(await issue(codes, key('alice'))).toBe(alice);
    expect(await issue(codes, key('bob'))).not.toBe(bob);
    await codes.forget();
    expect(await issue(codes, key('bob'))).toBe(bob);
  });

  test('are counted for 100,000 users: beyond that, the least recent one starts again', async () => {
    const codes = new SeededCodes('seed', 6);
    const [alice, bob] = [await issue(codes, key('alice')), await issue(codes, key('bob'))];
    await issue(codes, key('alice'));
    for (let i = 0; i < 99_999; i++) await issue(codes, key(`user-${i}`));
    expect(await issue(codes, key('alice'))).not.toBe(alice);
    expect(await issue(codes, key('bob'))).toBe(bob);
  });
});
