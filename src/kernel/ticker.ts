import type { Clock } from './clock.ts';

/** From one tick to the next, and the width of a slot of the timing wheel: a second. */
export const TICK_MS = 1_000;

/**
 * The ticker: yields service time once a second until `signal` aborts.
 *
 * Each tick is aimed at the next whole second, not at a second after the last tick. So lateness never adds
 * up, and a stall is followed by one tick instead of a burst of those that were missed.
 */
export async function* ticks(clock: Clock, signal: AbortSignal): AsyncGenerator<number> {
  while (true) {
    await clock.sleep(TICK_MS - (clock.now() % TICK_MS), signal);
    if (signal.aborted) return;
    yield clock.now();
  }
}
