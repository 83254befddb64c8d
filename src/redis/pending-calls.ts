import type { Clock } from '../core/clock.ts';

/** Time to read what has already arrived, in milliseconds. */
const READ_MS = 1;

interface Call {
  /** By `Clock.monotonic`. */
  readonly deadline: number;
  readonly reject: (error: Error) => void;
}

/**
 * Calls that wait for their answers, each until its deadline. One timer, for the oldest call, serves them all: a timer
 * each would cost as much as the rest of a call.
 */
export class PendingCalls {
  readonly #clock: Clock;
  readonly #onLate: () => void;
  /** Oldest first. */
  readonly #calls = new Set<Call>();
  readonly #ending = new AbortController();
  #watching = false;

  /** @param onLate called when the oldest call has passed its deadline; it must end them all with `fail` */
  constructor(clock: Clock, onLate: () => void) {
    this.#clock = clock;
    this.#onLate = onLate;
  }

  /** Resolves to the answer, or rejects if `fail` comes first. @param deadline by `Clock.monotonic` */
  wait(answer: Promise<unknown>, deadline: number): Promise<unknown> {
    const { promise: failed, reject } = Promise.withResolvers<never>();
    const call = { deadline, reject };
    this.#calls.add(call);
    if (!this.#watching) this.#watch();
    return Promise.race([answer, failed]).finally(() => this.#calls.delete(call));
  }

  /** Ends all calls. Once only; no call may wait after that. */
  fail(reason: Error): void {
    this.#ending.abort();
    for (const { reject } of this.#calls) reject(reason);
    this.#calls.clear();
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    for (let [oldest] = this.#calls; oldest !== undefined; [oldest] = this.#calls) {
      const leftMs = oldest.deadline - this.#clock.monotonic();
      if (leftMs > 0) {
        await this.#clock.sleep(leftMs, this.#ending.signal);
      } else {
        // The answer may have arrived unread: after a stall of this process timers fire before sockets are read.
        await this.#clock.sleep(READ_MS, this.#ending.signal);
        if (this.#calls.has(oldest)) this.#onLate();
      }
    }
    this.#watching = false;
  }
}
