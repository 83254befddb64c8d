import { describe, expect, test } from 'bun:test';
import { FixedCodes } from '../../src/levers/codes/fixed-codes.ts';
import { SeededCodes } from '../../src/levers/codes/seeded-codes.ts';

const key = (user: string, purpose = 'default') => ({ user, purpose });

describe('fixed codes', () => {
  const others = { draw: () => '000000' };

  test('are for those who match; the first entry counts, and all others draw theirs elsewhere', () => {
    const codes = new FixedCodes(others);
    codes.list = [
      { user: 'alice', code: '1111' },
      { user: 'a*', code: '222222' },
    ];
    expect(['alice', 'anna', 'bob'].map((user) => codes.draw(key(user)))).toEqual([
      '1111',
      '222222',
      '000000',
    ]);
    expect(['alice', 'anna', 'bob'].map((user) => codes.isExempt(user))).toEqual([true, true, false]);
    codes.clear();
    expect([codes.draw(key('alice')), codes.isExempt('alice')]).toEqual(['000000', false]);
  });
});

describe('seeded codes', () => {
  /** Draws a code, and tells the source that there is one more. */
  const issue = (codes: SeededCodes, whose: { user: string; purpose: string }) => {
    const code = codes.draw(whose);
    codes.hear({ type: 'otp.requested', id: 'e', time: 0, otp: 'c', code, expiresAt: 0, ...whose });
    return code;
  };
  const drawn = (codes: SeededCodes, keys: { user: string; purpose: string }[]) =>
    keys.map((key) => `${key.user}/${key.purpose}: ${issue(codes, key)}`);

  test('have exactly as many digits as they are told, leading zeros included', () => {
    for (const length of [4, 6, 10]) {
      const codes = new SeededCodes('seed', length);
      const some = Array.from({ length: 500 }, () => issue(codes, key('alice')));
      for (const code of some) expect(code).toMatch(new RegExp(`^[0-9]{${length}}$`));
      expect(some.some((code) => code.startsWith('0'))).toBe(true);
      expect(new Set(some).size).toBeGreaterThan(450);
    }
  });

  test('repeat for the same seed, and are others for another', () => {
    const keys = [key('alice'), key('alice'), key('bob'), key('alice', 'login')];
    const first = drawn(new SeededCodes('seed', 6), keys);
    expect(drawn(new SeededCodes('seed', 6), keys)).toEqual(first);
    expect(drawn(new SeededCodes('other', 6), keys)).not.toEqual(first);
    expect(new Set(first.map((line) => line.slice(-6))).size).toBe(4);
  });

  test('of one user do not depend on what others ask for meanwhile', () => {
    const alone = drawn(new SeededCodes('seed', 6), [key('alice'), key('alice'), key('alice')]);
    const crowd = [key('alice'), key('bob'), key('alice', 'login'), key('alice'), key('bob'), key('alice')];
    const among = drawn(new SeededCodes('seed', 6), crowd);
    expect(among.filter((line) => line.startsWith('alice/default'))).toEqual(alone);
  });

  test('do not count a request that was refused', () => {
    const [codes, others] = [new SeededCodes('seed', 6), new SeededCodes('seed', 6)];
    for (let i = 0; i < 3; i++) codes.draw(key('alice'));
    expect(drawn(codes, [key('alice'), key('alice')])).toEqual(drawn(others, [key('alice'), key('alice')]));
  });

  test('start again for whoever is forgotten', () => {
    const codes = new SeededCodes('seed', 6);
    const [alice, bob] = [issue(codes, key('alice')), issue(codes, key('bob'))];
    codes.forget('al');
    expect(codes.draw(key('alice'))).not.toBe(alice);
    codes.forget('alice');
    expect(issue(codes, key('alice'))).toBe(alice);
    expect(issue(codes, key('bob'))).not.toBe(bob);
    codes.forget();
    expect(issue(codes, key('bob'))).toBe(bob);
  });

  test('keep the counts of 100,000 users: then the one who came longest ago starts again', () => {
    const codes = new SeededCodes('seed', 6);
    const [alice, bob] = [issue(codes, key('alice')), issue(codes, key('bob'))];
    issue(codes, key('alice'));
    for (let i = 0; i < 99_999; i++) issue(codes, key(`user-${i}`));
    expect(issue(codes, key('alice'))).not.toBe(alice);
    expect(issue(codes, key('bob'))).toBe(bob);
  });
});
