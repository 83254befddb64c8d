/**
 * The life of a code, as rules: pure functions of what is kept of it and of the present. Whoever keeps codes
 * applies them, each in one step with what it changes.
 *
 *        request          deadline             noticed         noticed + 60 s
 *           |---- live ------|------ ended -------|----- grace -----|  gone
 *     guess: verified, wrong | expired            | expired         | none
 *
 * A verified, cancelled, replaced or burnt code is gone at once. One whose deadline has come has ended,
 * whether anybody has noticed or not: the timing wheel only sees to it that somebody does, and announces it.
 */

/** How long a code is still known as expired, an answer that helps more than "no such code". */
const GRACE_MS = 60_000;

/** What is kept of a code. Times are service time, in milliseconds since the epoch. */
export interface CodeState {
  readonly digits: string;
  readonly expiresAt: number;
  /** End of the grace period; undefined until the code's end is noticed. */
  readonly goneAt: number | undefined;
}

/** Where a code is in its life. Nobody can tell one that is gone from one that never was. */
export type Phase = 'live' | 'ended' | 'grace' | 'gone';

/** The phase of a code, or of none, at a moment. */
export function phaseOf(code: CodeState | undefined, now: number): Phase {
  if (code === undefined) return 'gone';
  if (code.goneAt !== undefined) return now < code.goneAt ? 'grace' : 'gone';
  return now < code.expiresAt ? 'live' : 'ended';
}

/** What becomes of the earlier code when a new one is made: an end that nobody noticed is noticed now. */
export function fateOfEarlier(code: CodeState | undefined, now: number): 'replaced' | 'expired' | undefined {
  const phase = phaseOf(code, now);
  if (phase === 'live') return 'replaced';
  return phase === 'ended' ? 'expired' : undefined;
}

/**
 * When the grace period of a code ends whose end is noticed now. It counts from now and not from the
 * deadline, so that a caller can see it also after the clock has leapt far ahead.
 */
export function endOfGrace(now: number): number {
  return now + GRACE_MS;
}

/** When there is something to be done about a code again. */
export function dueAt({ expiresAt, goneAt }: CodeState): number {
  return goneAt ?? expiresAt;
}
