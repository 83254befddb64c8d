import type { Clock } from '../../core/clock.ts';

/** How service time stands. Times in milliseconds, `now` since the epoch. */
export interface ClockState {
  readonly now: number;
  /** How far service time is ahead of real time; negative after it stood still for a while. */
  readonly offset: number;
  readonly frozen: boolean;
}

/**
 * A clock whose service time a test moves: ahead, to a stop, on again. Real time goes on as it is, so whoever
 * sleeps or measures notices nothing. Apart from `reset`, here or where `adopt` heard of it, service time never goes back.
 */
export class MovableClock implements Clock {
  readonly #real: Clock;
  #offset = 0;
  /** Where service time stands; undefined while it flows. */
  #stoodAt: number | undefined;

  constructor(real: Clock) {
    this.#real = real;
  }

  now(): number {
    return this.#stoodAt ?? this.#real.now() + this.#offset;
  }

  get state(): ClockState {
    const real = this.#real.now();
    const now = this.#stoodAt ?? real + this.#offset;
    return { now, offset: now - real, frozen: this.#stoodAt !== undefined };
  }

  /** Moves service time ahead; it flows or stands there as it did before. */
  advance(ms: number): void {
    if (this.#stoodAt === undefined) this.#offset += ms;
    else this.#stoodAt += ms;
  }

  freeze(): void {
    this.#stoodAt = this.now();
  }

  /** Has service time flow on from where it stands. */
  flow(): void {
    if (this.#stoodAt === undefined) return;
    this.#offset = this.#stoodAt - this.#real.now();
    this.#stoodAt = undefined;
  }

  /** Back to real time: the one move by which service time can go back. */
  reset(): void {
    this.#offset = 0;
    this.#stoodAt = undefined;
  }

  /** Takes service time as it was moved elsewhere: `ahead` of real time, or `standsAt` a moment; in ms. */
  adopt(moved: { readonly ahead: number } | { readonly standsAt: number }): void {
    this.#offset = 'ahead' in moved ? moved.ahead : 0;
    this.#stoodAt = 'standsAt' in moved ? moved.standsAt : undefined;
  }

  monotonic(): number {
    return this.#real.monotonic();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#real.sleep(ms, signal);
  }

  yieldToEventLoop(): Promise<void> {
    return this.#real.yieldToEventLoop();
  }
}
