import type { Clock } from '../../core/clock.ts';

/** The state of service time. Times in milliseconds, `now` since the epoch. */
export interface ClockState {
  readonly now: number;
  /** How far service time is ahead of real time; negative after it was frozen for a while. */
  readonly offset: number;
  readonly frozen: boolean;
}

/**
 * A clock whose service time a test can advance, freeze and unfreeze. Real time flows on, so sleeping and measuring are
 * not affected. Service time goes back only by `reset`, here or at the replica whose move `adopt` follows.
 */
export class MovableClock implements Clock {
  readonly #real: Clock;
  #offset = 0;
  /** Where service time is frozen; undefined while it flows. */
  #frozenAt: number | undefined;

  constructor(real: Clock) {
    this.#real = real;
  }

  now(): number {
    return this.#frozenAt ?? this.#real.now() + this.#offset;
  }

  get state(): ClockState {
    const real = this.#real.now();
    const now = this.#frozenAt ?? real + this.#offset;
    return { now, offset: now - real, frozen: this.#frozenAt !== undefined };
  }

  /** Moves service time ahead. It stays frozen, or flows on, as before. */
  advance(ms: number): void {
    if (this.#frozenAt === undefined) this.#offset += ms;
    else this.#frozenAt += ms;
  }

  freeze(): void {
    this.#frozenAt = this.now();
  }

  /** Unfreezes service time: it flows on from where it is. */
  flow(): void {
    if (this.#frozenAt === undefined) return;
    this.#offset = this.#frozenAt - this.#real.now();
    this.#frozenAt = undefined;
  }

  /** Back to real time: the only move by which service time can go back. */
  reset(): void {
    this.#offset = 0;
    this.#frozenAt = undefined;
  }

  /** Follows a move that another replica made: `ahead` of real time, or `frozenAt` a moment; in milliseconds. */
  adopt(moved: { readonly ahead: number } | { readonly frozenAt: number }): void {
    this.#offset = 'ahead' in moved ? moved.ahead : 0;
    this.#frozenAt = 'frozenAt' in moved ? moved.frozenAt : undefined;
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
