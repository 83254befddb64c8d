import type { Clock } from '../core/clock.ts';

/**
 * Service time as Redis tells it. The scripts judge codes by Redis's clock, so every replica goes by it too, wherever the
 * clock of its own machine stands: in what it sends, shows and announces.
 *
 * Each answer tells Redis's time at a moment between the call and now. From one answer to the next, time flows with the
 * monotonic clock. So it goes back where Redis's clock is set back, and where a Redis takes over whose clock is behind.
 */
export class RedisClock implements Clock {
  readonly #machine: Clock;
  readonly #onLearn: RedisClock['learn'] | undefined;
  /** Redis's time minus the monotonic time, in milliseconds; undefined before the first answer. */
  #ahead: number | undefined;

  /** @param onLearn called with what `learn` is called with */
  constructor(machine: Clock, onLearn?: RedisClock['learn']) {
    this.#machine = machine;
    this.#onLearn = onLearn;
  }

  /** Redis's time; the machine's before the first answer. */
  now(): number {
    return this.#ahead === undefined ? this.#machine.now() : this.at(this.monotonic());
  }

  /** Redis's time when the monotonic clock shows this. Both in milliseconds. */
  at(monotonic: number): number {
    return Math.floor(monotonic + (this.#ahead ?? 0));
  }

  /** How far the machine's clock is ahead of Redis's, in milliseconds; negative if it is behind. */
  get skewMs(): number {
    return this.#machine.now() - this.now();
  }

  /**
   * Learns from an answer that has just arrived. What is already known changes no more than the answer requires: answers
   * take long at times, and then tell the time less exactly.
   *
   * @param told Redis's time, in whole milliseconds since the epoch
   * @param askedAt when it was asked, by the monotonic clock
   */
  learn(told: number, askedAt: number): void {
    const least = told - this.monotonic();
    const most = told + 1 - askedAt;
    this.#ahead = Math.min(Math.max(this.#ahead ?? (least + most) / 2, least), most);
    this.#onLearn?.(told, askedAt);
  }

  monotonic(): number {
    return this.#machine.monotonic();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#machine.sleep(ms, signal);
  }

  yieldToEventLoop(): Promise<void> {
    return this.#machine.yieldToEventLoop();
  }
}
