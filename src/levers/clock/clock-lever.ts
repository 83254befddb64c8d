import type { Announce, Cause } from '../../core/events.ts';
import type { Expiry } from '../../core/expiry.ts';
import type { ClockState, MovableClock } from './movable-clock.ts';
import type { Move } from './move.ts';

export interface ClockLeverParts {
  readonly clock: MovableClock;
  readonly expiry: Expiry;
  readonly announce: Announce;
  /** Makes a move, and says whether service time could go there: at once, or where others have to hear of it, later. */
  readonly take: (move: Move) => boolean | Promise<boolean>;
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
    const expired = await this.#parts.expiry.expireAfter(async () => {
      const taken = this.#parts.take(move);
      moved = typeof taken === 'boolean' ? taken : await taken;
      const forgotten = 'reset' in move ? this.#parts.forgetCodes() : undefined;
      if (moved) this.#parts.announce({ type: 'mock.clock', ...this.state, ...cause });
      await forgotten;
    });
    return moved ? { ...this.state, expired } : undefined;
  }
}
