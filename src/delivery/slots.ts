import type { Clock } from '../core/clock.ts';

/** Runs a few tasks at a time, in the order in which they came, and starts none during a pause. */
export class Slots {
  readonly #clock: Clock;
  /** Tasks that wait for a slot: each entry starts one. */
  readonly #waiting = new Set<() => void>();
  #free: number;
  /** Pauses that are not over. */
  #pauses = 0;

  constructor(clock: Clock, count: number) {
    this.#clock = clock;
    this.#free = count;
  }

  /** Runs a task as soon as a slot is free. Does nothing and returns undefined if `signal` aborts first. */
  async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    if (!(await this.#taken(signal))) return undefined;
    try {
      return await task();
    } finally {
      this.#free++;
      this.#fill();
    }
  }

  /** Starts no task for so many milliseconds of real time, or until `signal` aborts. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    this.#pauses++;
    await this.#clock.sleep(ms, signal);
    this.#pauses--;
    this.#fill();
  }

  /** Waits for a slot and takes it; false if `signal` aborts first. */
  #taken(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const take = () => {
        signal.removeEventListener('abort', leave);
        this.#free--;
        resolve(true);
      };
      const leave = () => {
        this.#waiting.delete(take);
        resolve(false);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(take);
      this.#fill();
    });
  }

  #fill(): void {
    while (this.#free > 0 && this.#pauses === 0) {
      const [take] = this.#waiting;
      if (take === undefined) return;
      this.#waiting.delete(take);
      take();
    }
  }
}
