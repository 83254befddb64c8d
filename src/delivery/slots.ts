import type { Clock } from '../core/clock.ts';

/** Starts a few items at a time, in the order in which they came, and none during a pause. */
export class Slots<T> {
  readonly #clock: Clock;
  readonly #start: (item: T) => Promise<void> | undefined;
  readonly #waiting = new Set<T>();
  #free: number;
  /** Pauses that are not over. */
  #pauses = 0;

  /** @param start starts an item, and returns a promise for its end; or undefined if it needs no slot any more */
  constructor(clock: Clock, count: number, start: (item: T) => Promise<void> | undefined) {
    this.#clock = clock;
    this.#free = count;
    this.#start = start;
  }

  /** Starts an item as soon as a slot is free. */
  add(item: T): void {
    this.#waiting.add(item);
    this.#fill();
  }

  /** Starts an item no more, if it still waits. */
  remove(item: T): void {
    this.#waiting.delete(item);
  }

  /** Starts nothing for so many milliseconds of real time, or until `signal` aborts. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    this.#pauses++;
    await this.#clock.sleep(ms, signal);
    this.#pauses--;
    this.#fill();
  }

  #fill(): void {
    for (const item of this.#waiting) {
      if (this.#free === 0 || this.#pauses > 0) return;
      this.#waiting.delete(item);
      const end = this.#start(item);
      if (end !== undefined) this.#hold(end);
    }
  }

  async #hold(end: Promise<void>): Promise<void> {
    this.#free--;
    await end;
    this.#free++;
    this.#fill();
  }
}
