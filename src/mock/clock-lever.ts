import type { ClockState, MovableClock } from '../kernel/movable-clock.ts';
import type { Announce, Cause } from '../otp/events.ts';
import type { Expiry } from '../otp/expiry.ts';

/** The furthest that one move goes ahead: 366 days, in milliseconds. */
export const FURTHEST_MS = 31_622_400_000;

/** No move goes beyond it: moments after the year 9999 are written in another form (RFC 3339 has none). */
const LATEST = Date.UTC(9_999, 0, 1);

/** A move of service time: ahead by or to milliseconds, to a stop or on again, or back to real time. */
export type Move =
  | { readonly advance: number }
  | { readonly set: number }
  | { readonly freeze: boolean }
  | { readonly reset: true };

export interface ClockLeverParts {
  readonly clock: MovableClock;
  readonly expiry: Expiry;
  readonly announce: Announce;
  /** Forgets codes, counts and locks: what was counted in times that are no more. */
  readonly forgetCodes: () => Promise<void>;
}

/** Moves service time: all of it at once, one move after the other. */
export class ClockLever {
  readonly #parts: ClockLeverParts;

  constructor(parts: ClockLeverParts) {
    this.#parts = parts;
  }

  get state(): ClockState {
    return this.#parts.clock.state;
  }

  /**
   * Makes a move, and waits until all that became due by it has expired and is announced.
   *
   * @returns how the clock stands then, and how many codes expired; undefined, and nothing is moved, if
   * service time cannot go there: that moment is past, or too far ahead
   */
  async move(move: Move, cause: Cause): Promise<(ClockState & { expired: number }) | undefined> {
    let moved = true;
    const expired = await this.#parts.expiry.passAfter(async () => {
      moved = this.#take(move);
      const forgotten = 'reset' in move ? this.#parts.forgetCodes() : undefined;
      if (moved) this.#parts.announce({ type: 'mock.clock', ...this.state, ...cause });
      await forgotten;
    });
    return moved ? { ...this.state, expired } : undefined;
  }

  #take(move: Move): boolean {
    const { clock } = this.#parts;
    if ('freeze' in move) move.freeze ? clock.freeze() : clock.flow();
    if ('reset' in move) clock.reset();
    if ('freeze' in move || 'reset' in move) return true;
    const ahead = 'set' in move ? move.set - clock.now() : move.advance;
    if (ahead < 0 || ahead > FURTHEST_MS || clock.now() + ahead > LATEST) return false;
    clock.advance(ahead);
    return true;
  }
}
