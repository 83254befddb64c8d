import { expect, test } from 'bun:test';
import { Sweep } from '../../src/page/model/sweep.ts';

test('without a move the wheel shows service time itself', () => {
  expect(new Sweep().lag(5_000)).toBe(0);
});

test('a move is caught up with, by less and less, and soon', () => {
  const sweep = new Sweep();
  sweep.leap(30_000, 1_000);
  const lags = [1_000, 1_200, 1_800, 3_000].map((at) => sweep.lag(at));
  expect(lags[0]).toBe(30_000);
  expect(lags).toEqual(lags.toSorted((a, b) => b - a));
  expect(lags[3]).toBe(0);
});

test.each([
  [120_000, 120_000],
  [3_600_000, 60_000],
  [3_630_000, 90_000],
  [-86_400_000, -60_000],
])(
  'a move by %d ms is shown as %d: the hand starts where it stood, and does not spin for long',
  (ms, shown) => {
    const sweep = new Sweep();
    sweep.leap(ms, 0);
    expect(sweep.lag(0)).toBe(shown);
  },
);

test('a second move during the first goes on from where the hand is', () => {
  const sweep = new Sweep();
  sweep.leap(30_000, 0);
  const before = sweep.lag(200);
  sweep.leap(10_000, 200);
  expect(sweep.lag(200)).toBe(before + 10_000);
});
