import type { Cause } from '../../core/events.ts';
import type { LeverParts } from '../levers.ts';
import type { LeverState } from '../state.ts';
import type { ClockState, Move } from './movable-clock.ts';

/**
 * Makes the function that moves service time: all of it at once, and one move after the other. It waits until every code
 * that is due by then has expired and is announced. A move back to real time forgets codes, counts and locks, whose
 * deadlines lie in a time that is no more.
 *
 * @returns returns the clock after the move, and how many codes expired; undefined, and moves nothing, if service time
 * can't go there: that moment is past, or too far ahead
 */
export function clockMover({ expiry, announce, store, delivery }: LeverParts, state: LeverState) {
  return async (move: Move, cause: Cause): Promise<(ClockState & { expired: number }) | undefined> => {
    let after: ClockState | undefined;
    let expiredElsewhere = async () => 0;
    const expired = await expiry.expireAfter(async () => {
      expiredElsewhere = state.countElsewhere();
      after = await state.move(move);
      if (after === undefined) return;
      const forgotten = 'reset' in move ? [state.cancelMessages(), delivery.forget(), store.forget()] : [];
      announce({ type: 'mock.clock', ...after, ...cause });
      await Promise.all(forgotten);
    });
    return after && { ...after, expired: expired + (await expiredElsewhere()) };
  };
}
