import type { Clock } from './clock.ts';
import { type Announce, ofCode } from './events.ts';
import type { Store } from './store.ts';
import { TICK_MS } from './wheel.ts';

/** Records looked at before yielding to the event loop: about 1 ms, subscribers included. */
const BATCH = 500;

export interface ExpiryParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly announce: Announce;
  /** Called with the error of a failed tick. The next tick tries again. */
  readonly onError: (error: unknown) => void;
  /** Ends the loop, and a pass between two batches. */
  readonly signal: AbortSignal;
}

/**
 * Expires codes: the goroutine's analogue. A `for await` loop over the ticker runs one pass each second, which asks the
 * store for what is due and announces it. Two passes never overlap.
 *
 * The store alone decides whether a code is good, by its deadline. A late pass delays the announcement and nothing else.
 */
export class Expiry {
  readonly #parts: ExpiryParts;
  /** Resolves when the current pass has ended; never rejects. */
  #idle: Promise<unknown> = Promise.resolve();

  constructor(parts: ExpiryParts) {
    this.#parts = parts;
  }

  /** Runs until the signal aborts. It survives every failure: what one tick misses is due in the next. */
  async run(): Promise<void> {
    const { clock, signal, onError } = this.#parts;
    for await (const _ of ticks(clock, signal)) await this.#inTurn(() => this.#pass()).catch(onError);
  }

  /**
   * Takes a step while no pass runs, such as a move of the clock, and then expires what is due.
   *
   * @returns how many codes expired, once all are announced
   */
  expireAfter(step: () => Promise<void>): Promise<number> {
    return this.#inTurn(async () => {
      await step();
      return this.#pass();
    });
  }

  #inTurn(work: () => Promise<number>): Promise<number> {
    const done = this.#idle.then(work);
    this.#idle = done.catch(() => {});
    return done;
  }

  /** Expires and announces what is due, in batches. Between two batches the event loop serves requests. */
  async #pass(): Promise<number> {
    const { store, clock, announce, signal } = this.#parts;
    const started = clock.monotonic();
    let expired = 0;
    try {
      for (let more = true; more && !signal.aborted; ) {
        const batch = await store.expire(BATCH);
        // No await before the announcements: a request served in between would be announced first.
        for (const otp of batch.expired) announce(ofCode('otp.expired', otp));
        expired += batch.expired.length;
        more = batch.more;
        if (more) await clock.yieldToEventLoop();
      }
    } finally {
      announce({ type: 'wheel.ticked', expired, durationMs: clock.monotonic() - started });
    }
    return expired;
  }
}

/**
 * The ticker: yields service time once a second until `signal` aborts.
 *
 * Each tick aims at the next whole second rather than a second after the last tick. So lateness never adds up, and a
 * stall is followed by one tick, not by a burst of those that it missed. While service time is frozen there is no next
 * second to aim at, and a tick comes after each second of real time.
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
