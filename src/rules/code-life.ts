/**
 * The life of a code, as rules: what a request, a guess, a cancellation or the clock does to what is kept of
 * it. Each rule is a pure function of that and of the present; whoever keeps codes applies it in one step.
 *
 *     request                deadline                noticed + 60 s
 *        |-------- live --------|-------- grace --------|  gone
 *        |  right: verified     |  any guess: expired   |  any guess: none
 *        |  wrong: wrong        |                       |
 *
 * A verified, cancelled or replaced code is gone at once. From its deadline on a code counts as expired,
 * whether anybody has noticed or not: the timing wheel only sees to it that somebody does.
 */

/** How long a code is still known as expired, an answer that helps more than "no such code". */
export const GRACE_MS = 60_000;

/** What is kept of a code. Times are service time, in milliseconds since the epoch. */
export interface CodeState {
  readonly code: string;
  readonly expiresAt: number;
  /** End of the grace period; undefined until the code's end is noticed, and announced. */
  readonly goneAt: number | undefined;
}

/** What becomes of the earlier code when a new one is made: an end that nobody noticed is noticed now. */
export function fateOfEarlier(state: CodeState | undefined, now: number): 'replaced' | 'expired' | 'none' {
  if (state === undefined || state.goneAt !== undefined) return 'none';
  return now < state.expiresAt ? 'replaced' : 'expired';
}

export type Verdict = 'verified' | 'wrong' | 'expired' | 'none';

/** Judges a guess. A code that is `verified` is spent: it is gone in the same step. */
export function judgeGuess(state: CodeState | undefined, guess: string, now: number): Verdict {
  if (state === undefined || (state.goneAt !== undefined && now >= state.goneAt)) return 'none';
  if (now >= state.expiresAt) return 'expired';
  return guess === state.code ? 'verified' : 'wrong';
}

/** A code can be cancelled while it lives; after that there is nothing to cancel. */
export function canCancel(state: CodeState | undefined, now: number): boolean {
  return state !== undefined && now < state.expiresAt;
}

/**
 * What the wheel's reminder does to a code: a live one enters its grace period, to the time returned; one
 * whose grace period is over is gone (`undefined`). The grace period counts from when the end is noticed, so
 * that a caller sees it also after the clock has leapt far ahead.
 */
export function whenDue(state: CodeState, now: number): number | undefined {
  return state.goneAt === undefined ? now + GRACE_MS : undefined;
}
