import type { Clock } from './clock.ts';

/** From one tick to the next, and the width of a slot of the timing wheel: a second. */
export const TICK_MS = 1_000;

/**
 * The ticker: yields service time once a second until `signal` aborts.
 *
 * Each tick is aimed at the next whole second, not at a second after the last tick. So lateness never adds
 * up, and a stall is followed by one tick instead of a burst of those that were missed. While service time stands
 * still there is no next second to aim at, and a tick comes each second of real time.
 */
export async function* ticks(clock: Clock, signal: AbortSignal): AsyncGenerator<number> {
  let last: number | undefined;
  while (true) {
    const now = clock.now();
    await clock.sleep(now === last ? TICK_MS : TICK_MS - (now % TICK_MS), signal);
    if (signal.aborted) return;
    last = now;
    yield clock.now();
  }
}
