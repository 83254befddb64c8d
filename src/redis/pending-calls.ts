import type { Clock } from '../core/clock.ts';

/** How long it takes to read what has come, in milliseconds. */
const READ_MS = 1;

interface Call {
  readonly giveUpAt: number;
  readonly reject: (error: Error) => void;
}

/**
 * Calls that wait for their answers. One timer, for the oldest, does for all of them: a timer for each would cost as much
 * as the rest of a call.
 */
export class PendingCalls {
  readonly #clock: Clock;
  readonly #onLate: () => void;
  /** Oldest first. */
  readonly #calls = new Set<Call>();
  readonly #ending = new AbortController();
  #watching = false;

  /** @param onLate told when the oldest call has waited in vain; it must end all with `fail` */
  constructor(clock: Clock, onLate: () => void) {
    this.#clock = clock;
    this.#onLate = onLate;
  }

  /** What a call is answered, unless all are ended before. @param giveUpAt until when it waits, by `Clock.monotonic` */
  wait(answer: Promise<unknown>, giveUpAt: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = { giveUpAt, reject };
      this.#calls.add(call);
      if (!this.#watching) this.#watch();
      answer.then(
        (value) => {
          this.#calls.delete(call);
          resolve(value);
        },
        (error) => {
          this.#calls.delete(call);
          reject(error);
        },
      );
    });
  }

  /** Ends all calls; once only, and nobody may wait after that. */
  fail(reason: Error): void {
    this.#ending.abort();
    for (const { reject } of this.#calls) reject(reason);
    this.#calls.clear();
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    for (let oldest = this.#oldest; oldest !== undefined; oldest = this.#oldest) {
      const leftMs = oldest.giveUpAt - this.#clock.monotonic();
      if (leftMs > 0) await this.#clock.sleep(leftMs, this.#ending.signal);
      else if (!(await this.#isAnsweredUnread(oldest))) this.#onLate();
    }
    this.#watching = false;
  }

  /** Whether the answer has come, and we have stood still: timers ring before what has come meanwhile is read. */
  async #isAnsweredUnread(call: Call): Promise<boolean> {
    await this.#clock.sleep(READ_MS, this.#ending.signal);
    return !this.#calls.has(call);
  }

  get #oldest(): Call | undefined {
    const [oldest] = this.#calls;
    return oldest;
  }
}
