import type { Announce, Cause } from '../../core/events.ts';
import type { Expiry } from '../../core/expiry.ts';
import type { LeverState } from '../state.ts';
import type { ClockState, MovableClock } from './movable-clock.ts';
import type { Move } from './move.ts';

export interface ClockLeverParts {
  readonly clock: MovableClock;
  readonly expiry: Expiry;
  readonly announce: Announce;
  readonly state: Pick<LeverState, 'move' | 'countElsewhere'>;
  /** Forgets codes, counts and locks, whose deadlines lie in a time that is no more. */
  readonly forgetCodes: () => Promise<unknown>;
}

/** Moves service time: all of it at once, and one move after the other. */
export class ClockLever {
  readonly #parts: ClockLeverParts;

  constructor(parts: ClockLeverParts) {
    this.#parts = parts;
  }

  get state(): ClockState {
    return this.#parts.clock.state;
  }

  /**
   * Makes a move, and waits until every code that is due by then has expired and is announced.
   *
   * @returns the clock after the move, and how many codes expired; undefined, and moves nothing, if service time can't
   * go there: that moment is past, or too far ahead
   */
  async move(move: Move, cause: Cause): Promise<(ClockState & { expired: number }) | undefined> {
    const { clock, state, expiry, announce, forgetCodes } = this.#parts;
    let after: ClockState | undefined;
    let expiredElsewhere = async () => 0;
    const expired = await expiry.expireAfter(async () => {
      expiredElsewhere = state.countElsewhere();
      if (!(await state.move(move))) return;
      after = clock.state;
      const forgotten = 'reset' in move ? forgetCodes() : undefined;
      announce({ type: 'mock.clock', ...after, ...cause });
      await forgotten;
    });
    return after && { ...after, expired: expired + (await expiredElsewhere()) };
  }
}
