import { expect, test } from 'bun:test';
import { countdown } from '../../src/page/model/countdown.ts';

test.each([
  [-5_000, '0', 0],
  [0, '0', 0],
  [1, '1', 1 / 60_000],
  [30_000, '30', 0.5],
  [60_000, '60', 1],
  [99_000, '99', 1],
  [100_000, '2m', 1],
  [299_500, '5m', 1],
  [3_599_000, '60m', 1],
  [3_600_000, '1h', 1],
])('with %d ms left the ring shows %s', (leftMs, label, share) => {
  expect(countdown(leftMs)).toEqual({ label, share });
});
