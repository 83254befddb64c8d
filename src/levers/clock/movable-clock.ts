import type { Clock } from '../../core/clock.ts';

/** The longest move ahead: 366 days, in milliseconds. */
export const FURTHEST_MS = 31_622_400_000;

/** No move goes past this: ISO 8601 writes years after 9999 differently, and RFC 3339 not at all. */
export const LATEST = Date.UTC(9_999, 0, 1);

/** A move of service time: ahead by so many milliseconds, ahead to a moment, frozen or unfrozen, or back to real time. */
export type Move =
  | { readonly advance: number }
  | { readonly set: number }
  | { readonly freeze: boolean }
  | { readonly reset: true };

/** Where service time stands, in milliseconds: so far `ahead` of real time, or `frozenAt` a moment. */
export type Position = { readonly ahead: number } | { readonly frozenAt: number };

/** The state of service time. Times in milliseconds, `now` since the epoch. */
export interface ClockState {
  readonly now: number;
  /** How far service time is ahead of real time; negative after it was frozen for a while. */
  readonly offset: number;
  readonly frozen: boolean;
}

/**
 * A clock whose service time a test can advance, freeze and unfreeze. Real time flows on, so sleeping and measuring are
 * not affected. Service time goes back only by a reset, here or at the replica whose position `adopt` takes over.
 */
export class MovableClock implements Clock {
  readonly #real: Clock;
  #position: Position = { ahead: 0 };

  constructor(real: Clock) {
    this.#real = real;
  }

  now(): number {
    const position = this.#position;
    return 'ahead' in position ? this.#real.now() + position.ahead : position.frozenAt;
  }

  get state(): ClockState {
    const now = this.now();
    const position = this.#position;
    return 'ahead' in position
      ? { now, offset: position.ahead, frozen: false }
      : { now, offset: now - this.#real.now(), frozen: true };
  }

  /**
   * Moves service time. It stays frozen, or flows on, as before.
   *
   * @returns the clock after the move; undefined, and moves nothing, if it can't go there
   */
  move(move: Move): ClockState | undefined {
    const { now, offset, frozen } = this.state;
    if ('reset' in move) this.adopt({ ahead: 0 });
    else if ('freeze' in move) this.adopt(move.freeze ? { frozenAt: now } : { ahead: offset });
    else {
      const ahead = 'set' in move ? move.set - now : move.advance;
      if (ahead < 0 || ahead > FURTHEST_MS || now + ahead > LATEST) return undefined;
      this.adopt(frozen ? { frozenAt: now + ahead } : { ahead: offset + ahead });
    }
    return this.state;
  }

  adopt(position: Position): void {
    this.#position = position;
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
