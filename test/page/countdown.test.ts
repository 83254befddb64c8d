import { expect, test } from 'bun:test';
import { countdown } from '../../src/page/model/countdown.ts';

test.each([
  [-5_000, '0'],
  [0, '0'],
  [1, '1'],
  [99_000, '99'],
  [100_000, '2m'],
  [299_500, '5m'],
  [3_599_000, '60m'],
  [3_600_000, '1h'],
])('with %d ms left the ring shows %s', (leftMs, label) => {
  expect(countdown(leftMs, 3_600_000).label).toBe(label);
});

test.each([
  [300_000, 300_000, 1],
  [150_000, 300_000, 0.5],
  [3_000, 300_000, 0.01],
  [0, 300_000, 0],
  [-1, 300_000, 0],
  [10_000, 5_000, 1],
  [0, 0, 0],
])('with %d ms of %d left the ring is drawn to %f', (leftMs, lifetimeMs, share) => {
  expect(countdown(leftMs, lifetimeMs).share).toBe(share);
});
