import { expect, test } from 'bun:test';
import { timeLeft } from '../../src/delivery/channel.ts';
import { messageOf } from '../support/delivery.ts';
import { ManualClock } from '../support/manual-clock.ts';

test.each([
  [300_000, '5 minutes'],
  [299_995, '5 minutes'],
  [269_000, '4 minutes'],
  [90_000, '2 minutes'],
  [80_000, '1 minute'],
  [20_000, '1 minute'],
  [1, '1 minute'],
])('a message with %d ms left says %s', (leftMs, words) => {
  const clock = new ManualClock();
  expect(timeLeft(messageOf(clock, 'c1', { expiresAt: clock.now() + leftMs }), clock)).toBe(words);
});
