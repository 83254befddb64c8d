import type { Clock } from '../../src/core/clock.ts';

/** A clock that only a test moves. It is both service time and real time, so no test really waits. */
export class ManualClock implements Clock {
  #now: number;
  #yielding = 0;
  readonly #sleepers = new Set<{ until: number; wake: () => void }>();

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  /** How many callers are asleep. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (ms <= 0 || signal?.aborted) return resolve();
      const sleeper = {
        until: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake);
    });
  }

  async yieldToEventLoop(): Promise<void> {
    this.#yielding++;
    await turn();
    this.#yielding--;
  }

  /** Sets the clock to another time without waking any sleeper. */
  set(now: number): void {
    this.#now = now;
  }

  /** Moves time smoothly: each sleeper wakes at its own time, in order, and finishes its work before the next wakes. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    for (let next = this.#nextBy(target); next !== undefined; next = this.#nextBy(target)) {
      this.#now = Math.max(this.#now, next.until);
      next.wake();
      await this.settle();
    }
    this.#now = target;
    await this.settle();
  }

  /** Moves time in one jump, as a stall does: every sleeper that is due wakes afterwards, once. */
  async leap(ms: number): Promise<void> {
    this.#now += ms;
    for (const sleeper of [...this.#sleepers]) if (sleeper.until <= this.#now) sleeper.wake();
    await this.settle();
  }

  /** Waits until all pending work has finished or is asleep. */
  async settle(): Promise<void> {
    do await turn();
    while (this.#yielding > 0);
  }

  #nextBy(target: number) {
    const due = [...this.#sleepers].filter(({ until }) => until <= target);
    return due.sort((a, b) => a.until - b.until)[0];
  }
}

/** One turn of the event loop, with all its microtasks. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
