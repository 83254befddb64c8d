import { expect, test } from 'bun:test';
import { ticks } from '../../src/core/expiry.ts';
import { MovableClock } from '../../src/levers/clock/movable-clock.ts';
import { ManualClock } from '../support/manual-clock.ts';

const T0 = Date.UTC(2026, 0, 1);

/** Runs the ticker and notes when it ticked, in milliseconds after T0. */
function started(clock: ManualClock) {
  const ending = new AbortController();
  const seen: number[] = [];
  const ended = (async () => {
    for await (const now of ticks(clock, ending.signal)) seen.push(now - T0);
  })();
  return { seen, ended, end: () => ending.abort() };
}

test('the ticker ticks on every whole second, whenever it was started', async () => {
  const clock = new ManualClock(T0 + 300);
  const { seen } = started(clock);
  await clock.advance(3_200);
  expect(seen).toEqual([1_000, 2_000, 3_000]);
});

test('after a stall it ticks once and is back on the whole second', async () => {
  const clock = new ManualClock(T0);
  const { seen } = started(clock);
  await clock.advance(1_000);
  await clock.leap(4_400);
  await clock.advance(1_000);
  expect(seen).toEqual([1_000, 5_400, 6_000]);
});

test('a consumer that takes long delays no later tick', async () => {
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

test('it ends when it is told to, in the middle of a second', async () => {
  const clock = new ManualClock(T0);
  const { seen, ended, end } = started(clock);
  await clock.advance(1_500);
  end();
  await ended;
  expect(seen).toEqual([1_000]);
});

test('while service time stands still it ticks once a second, also if that is just before a whole one', async () => {
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
