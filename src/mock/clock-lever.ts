import type { ClockState, MovableClock } from '../kernel/movable-clock.ts';
import type { Announce, Cause } from '../otp/events.ts';
import type { Expiry } from '../otp/expiry.ts';

/** The furthest that one move goes ahead: 366 days, in milliseconds. */
export const FURTHEST_MS = 31_622_400_000;

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
   * service time cannot be set to that moment: it is past, or too far ahead
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
    if ('advance' in move) clock.advance(move.advance);
    if ('freeze' in move) move.freeze ? clock.freeze() : clock.flow();
    if ('set' in move) {
      const ahead = move.set - clock.now();
      if (ahead < 0 || ahead > FURTHEST_MS) return false;
      clock.advance(ahead);
    }
    if ('reset' in move) clock.reset();
    return true;
  }
}
