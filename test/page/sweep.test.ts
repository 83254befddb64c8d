import { expect, test } from 'bun:test';
import { Sweep } from '../../src/page/model/sweep.ts';

test('without a move the wheel shows service time', () => {
  expect(new Sweep().lag(5_000)).toBe(0);
});

test('after a move the lag shrinks to 0 within 2 s', () => {
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
])('a move by %d ms is shown as %d, so that the hand makes at most two turns', (ms, shown) => {
  const sweep = new Sweep();
  sweep.leap(ms, 0);
  expect(sweep.lag(0)).toBe(shown);
});

test('a second move during a sweep continues from the hand’s position', () => {
  const sweep = new Sweep();
  sweep.leap(30_000, 0);
  const before = sweep.lag(200);
  sweep.leap(10_000, 200);
  expect(sweep.lag(200)).toBe(before + 10_000);
});
