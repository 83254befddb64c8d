import { expect, test } from 'bun:test';
import { ticks } from '../../src/core/expiry.ts';
import { MovableClock } from '../../src/levers/clock/movable-clock.ts';
import { ManualClock } from '../support/manual-clock.ts';

const T0 = Date.UTC(2026, 0, 1);

/** Starts the ticker. `seen` has the time of each tick, in milliseconds after T0. */
function startTicker(clock: ManualClock) {
  const ending = new AbortController();
  const seen: number[] = [];
  const ended = (async () => {
    for await (const now of ticks(clock, ending.signal)) seen.push(now - T0);
  })();
  return { seen, ended, end: () => ending.abort() };
}

test('the ticker ticks on every whole second, whenever it was started', async () => {
  const clock = new ManualClock(T0 + 300);
  const { seen } = startTicker(clock);
  await clock.advance(3_200);
  expect(seen).toEqual([1_000, 2_000, 3_000]);
});

test('after a stall the ticker ticks once, then on whole seconds again', async () => {
  const clock = new ManualClock(T0);
  const { seen } = startTicker(clock);
  await clock.advance(1_000);
  await clock.leap(4_400);
  await clock.advance(1_000);
  expect(seen).toEqual([1_000, 5_400, 6_000]);
});

test('a slow consumer does not delay later ticks', async () => {
  const clock = new ManualClock(T0);
  const ending = new AbortController();
  const seen: number[] = [];
  const ended = (async () => {
    for await (const now of ticks(clock, ending.signal)) {
      seen.push(now - T0);
      if (seen.length === 1) await clock.sleep(300);
    }
  })();
  await clock.advance(3_000);
  expect(seen).toEqual([1_000, 2_000, 3_000]);
  ending.abort();
  await ended;
});

test('the ticker ends when its signal aborts, even in mid-second', async () => {
  const clock = new ManualClock(T0);
  const { seen, ended, end } = startTicker(clock);
  await clock.advance(1_500);
  end();
  await ended;
  expect(seen).toEqual([1_000]);
});

test('while service time is frozen, even just before a whole second, the ticker ticks once each real second', async () => {
  const real = new ManualClock(T0 + 999);
  const clock = new MovableClock(real);
  clock.move({ freeze: true });
  const ending = new AbortController();
  let seen = 0;
  (async () => {
    for await (const _ of ticks(clock, ending.signal)) seen++;
  })();
  await real.advance(10_000);
  expect(seen).toBe(10);
  clock.move({ freeze: false });
  await real.advance(3_000);
  expect(seen).toBeWithin(12, 15);
  ending.abort();
});
