import type { Clock } from './clock.ts';
import { type Announce, ofCode } from './events.ts';
import type { Store } from './store.ts';
import { ticks } from './ticker.ts';

/** Steps between two breaths: about a millisecond's work, whoever listens included. */
const BATCH = 500;

export interface ExpiryParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly announce: Announce;
  /** Told of whatever a tick fails with. The next tick tries again. */
  readonly onError: (error: unknown) => void;
  /** Ends the loop, and a pass in its middle. */
  readonly signal: AbortSignal;
  /** Does work while no other process does any, where others share the store and tests want passes told apart. */
  readonly alone?: ((work: () => Promise<number>) => Promise<number>) | undefined;
}

/**
 * The expiry of codes, the goroutine's analogue: passes that end the codes whose time is up and announce
 * them. There is one each second, and never two at a time.
 */
export class Expiry {
  readonly #parts: ExpiryParts;
  /** Settled when no pass is under way any more. */
  #idle: Promise<unknown> = Promise.resolve();

  constructor(parts: ExpiryParts) {
    this.#parts = parts;
  }

  /** The loop: ends with the signal, and outlives every failure: a code missed in one tick is due in the next. */
  async run(): Promise<void> {
    const { clock, signal, onError } = this.#parts;
    for await (const _ of ticks(clock, signal)) await this.#inTurn(() => this.#pass(false)).catch(onError);
  }

  /**
   * Takes a step while no pass is under way, and has one follow it that ends all whose time is up by then: also
   * what has run out since the last whole second, which the loop leaves to its next tick.
   *
   * @returns how many codes that pass ended, once all of them are announced
   */
  passAfter(step: () => void | Promise<void>): Promise<number> {
    return this.#inTurn(async () => {
      await step();
      return this.#pass(true);
    });
  }

  #inTurn(work: () => Promise<number>): Promise<number> {
    const { alone } = this.#parts;
    const done = this.#idle.then(alone === undefined ? work : () => alone(work));
    this.#idle = done.catch(() => {});
    return done;
  }

  /** Ends and announces what is due, in batches, with the event loop free to serve requests between them. */
  async #pass(toTheMoment: boolean): Promise<number> {
    const { store, clock, announce, signal } = this.#parts;
    const started = clock.monotonic();
    let expired = 0;
    try {
      for (let more = true; more && !signal.aborted; ) {
        const batch = await store.expire(BATCH, toTheMoment);
        // Nothing waits between the answer and the announcements: a request served meanwhile would be announced first.
        for (const otp of batch.expired) announce({ type: 'otp.expired', ...ofCode(otp) });
        expired += batch.expired.length;
        more = batch.more;
        if (more) await clock.breathe();
      }
    } finally {
      announce({ type: 'wheel.ticked', expired, durationMs: clock.monotonic() - started });
    }
    return expired;
  }
}
