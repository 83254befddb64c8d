import { describe, expect, test } from 'bun:test';
import { randomCodes } from '../../src/core/otp-service.ts';

const key = { user: 'alice', purpose: 'default' };

describe('random codes', () => {
  test.each([4, 6, 10])('have exactly %d digits, including leading zeros', async (length) => {
    const { draw } = randomCodes(length);
    const codes = await Promise.all(Array.from({ length: 2_000 }, () => draw(key)));
    for (const code of codes) expect(code).toMatch(new RegExp(`^[0-9]{${length}}$`));
    expect(codes.some((code) => code.startsWith('0'))).toBe(true);
  });

  test('cover the whole range, including the first and the last number', async () => {
    const { draw } = randomCodes(4);
    const seen = new Set<string>();
    // The chance that any of the 10,000 numbers is missing after that many draws is one in a billion.
    for (let i = 0; i < 350_000; i++) seen.add(await draw(key));
    expect(seen.size).toBe(10_000);
  });

  test('are uniform: each digit is equally likely at each position', async () => {
    const { draw } = randomCodes(6);
    const draws = 60_000;
    const seen = Array.from({ length: 6 }, () => new Array<number>(10).fill(0));
    for (let i = 0; i < draws; i++) {
      for (const [position, digit] of [...(await draw(key))].entries()) {
        const counts = seen[position];
        if (counts !== undefined) counts[Number(digit)] = (counts[Number(digit)] ?? 0) + 1;
      }
    }
    // Chi-squared with 9 degrees of freedom: a uniform source exceeds 45 less than once in a million times.
    for (const counts of seen) {
      const chi2 = counts.reduce((sum, n) => sum + (n - draws / 10) ** 2 / (draws / 10), 0);
      expect(chi2).toBeLessThan(45);
    }
  });
});
