import { type AttemptPolicy, type Attempts, afterWrongCode, lockedUntil } from './attempts.ts';
import { type CodeState, phaseOf } from './code-life.ts';

/** What is kept for one user and one purpose. `C` is a code with whatever else its keeper notes on it. */
export interface OtpState<C extends CodeState = CodeState> {
  readonly code: C | undefined;
  readonly attempts: Attempts | undefined;
}

/** What limits guesses, and which of them count. */
export interface GuessPolicy extends AttemptPolicy {
  /** Whether a guess counts as a wrong code also where the code has expired or there is none. */
  readonly everyGuessCounts: boolean;
}

/** For whom there is no limit on guesses: nothing counts, and a lock from before does not hold. */
export const EXEMPT: GuessPolicy = { maxAttempts: 0, lockoutMs: 0, everyGuessCounts: false };

/** What a guess comes to, the code that it was at, and the count of wrong codes that it leaves. */
export type Judgement<C extends CodeState> =
  | { readonly verdict: 'locked'; readonly until: number }
  | { readonly verdict: 'verified'; readonly code: C }
  | { readonly verdict: 'wrong' | 'expired'; readonly code: C; readonly attempts: Attempts | undefined }
  | { readonly verdict: 'none'; readonly attempts: Attempts | undefined };

/** Judges a guess in this order: locked, no code, expired, wrong, right. While there is a lock nothing counts. */
export function judge<C extends CodeState>(
  state: OtpState<C> | undefined,
  guess: string,
  policy: GuessPolicy,
  now: number,
): Judgement<C> {
  const until = policy.maxAttempts > 0 ? lockedUntil(state?.attempts, now) : undefined;
  if (until !== undefined) return { verdict: 'locked', until };

  const code = state?.code;
  const phase = phaseOf(code, now);
  if (code !== undefined && phase === 'live' && guess === code.digits) return { verdict: 'verified', code };

  const counts = policy.maxAttempts > 0 && (phase === 'live' || policy.everyGuessCounts);
  const attempts = counts ? afterWrongCode(state?.attempts, policy, now) : state?.attempts;
  if (code === undefined || phase === 'gone') return { verdict: 'none', attempts };
  return { verdict: phase === 'live' ? 'wrong' : 'expired', code, attempts };
}
