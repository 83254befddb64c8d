/**
 * The rules, as pure functions of what is kept and of the present moment. A store reads what is kept, applies a rule and
 * keeps the result, all in one atomic step. Times are service time, in milliseconds since the epoch.
 */

/**
 * What is kept under one key: the code and the attempts of one user and purpose, or one user's sends. It is never changed:
 * a rule makes a new one.
 */
export interface Kept {
  readonly code?: Code | undefined;
  readonly attempts?: Attempts | undefined;
  readonly sends?: Sends | undefined;
}

// --- Codes ------------------------------------------------------------------------------------------------------------
//
//      request          deadline            noticed          noticed + 60 s
//         |---- live ------|------ ended ------|----- grace -----|  gone
//   guess: verified, wrong | expired           | expired         | none
//
// A verified, cancelled, replaced or burnt code is gone at once. A code whose deadline has come has ended, noticed or
// not: the wheel only makes sure that the store notices, so that the end is announced.

/** The character code of the digit 0. */
const ZERO = 48;

/** How long an expired code still answers "expired", which helps a caller more than "no code". */
const GRACE_MS = 60_000;

/** A code as it is kept. */
export interface Code {
  /** Its number among the codes of this store. */
  readonly serial: number;
  /** The digits as `numberOf` has them. */
  readonly digits: number;
  readonly expiresAt: number;
  /** When the grace period ends; undefined until the code's end is noticed. */
  readonly goneAt: number | undefined;
  /** What is left of its own limits, if it has any. */
  readonly own?: OwnLimits | undefined;
}

/**
 * Limits of one code, which hold in place of its user's, and end with it. Many providers limit like that: so many checks
 * and sends for each verification.
 */
export interface OwnLimits {
  /** Wrong guesses. After these, any guess is refused until the code's deadline. */
  readonly checks: number;
  /** Requests that send it again. */
  readonly resends: number;
}

/**
 * Digits as a number, with a 1 before them that keeps leading zeros: "042137" is 1042137. The caller has checked that they
 * are 1 to 14 characters from 0 to 9.
 */
export function numberOf(digits: string): number {
  let number = 1;
  for (let i = 0; i < digits.length; i++) number = number * 10 + digits.charCodeAt(i) - ZERO;
  return number;
}

/** The digits of such a number. */
export function digitsOf(number: number): string {
  return String(number).slice(1);
}

/** The phase of a code at a moment. A code that is gone cannot be told from one that never was. */
export function phaseOf(code: Code | undefined, now: number): 'live' | 'ended' | 'grace' | 'gone' {
  if (code === undefined) return 'gone';
  if (code.goneAt !== undefined) return now < code.goneAt ? 'grace' : 'gone';
  return now < code.expiresAt ? 'live' : 'ended';
}

/** What a new request makes of the earlier code. An end that went unnoticed is noticed now. */
export function fateOfEarlier(code: Code | undefined, now: number): 'replaced' | 'expired' | undefined {
  const phase = phaseOf(code, now);
  if (phase === 'live') return 'replaced';
  return phase === 'ended' ? 'expired' : undefined;
}

/**
 * A code whose end is noticed now. Its grace period counts from now and not from the deadline, so that a caller sees it
 * also after the clock has jumped far ahead.
 */
export function enterGrace({ serial, digits, expiresAt }: Code, now: number): Code {
  return { serial, digits, expiresAt, goneAt: now + GRACE_MS };
}

// --- Attempts ---------------------------------------------------------------------------------------------------------
//
// Wrong codes in a row count for a user and a purpose, across codes: a new code is no new chance. Five guesses at six
// digits succeed with a probability of 1 in 200,000, and then comes a lock. (NIST SP 800-63B asks for at most 100 failures in a row,
// RFC 4226, section 7.3, for a lock or a growing delay.)
//
// The wrong code that uses up the last attempt locks. Each lock lasts twice as long as the one before, up to an hour,
// because an attacker may be the one who provokes it. When it opens, all attempts are back.

/** The longest lock, and how long the counts are kept after the last wrong code or the end of the last lock. */
const HOUR_MS = 3_600_000;

/** The count of wrong codes. */
export interface Attempts {
  /** Wrong codes in a row since the last success or lock. */
  readonly failures: number;
  /** Locks in a row. Each doubles the next one's length. */
  readonly locks: number;
  /** When the lock opens; in the past if there is none, and 0 once the end of the last one is noticed. */
  readonly lockedUntil: number;
  /** When all this is forgotten. */
  readonly forgetAt: number;
}

/** The limits on guessing. */
export interface GuessPolicy {
  /** Wrong codes in a row that lock; 0 for no limit. */
  readonly maxAttempts: number;
  /** Length of the first lock. */
  readonly lockoutMs: number;
  /** Whether a guess also counts where the code has expired or there is none. Otherwise a lock reveals who has a code. */
  readonly everyGuessCounts: boolean;
}

/** The policy for exempt users: no guess counts, and an earlier lock does not hold. */
export const EXEMPT: GuessPolicy = { maxAttempts: 0, lockoutMs: 0, everyGuessCounts: false };

const NO_ATTEMPTS: Attempts = { failures: 0, locks: 0, lockedUntil: 0, forgetAt: 0 };

/** When the current lock opens; undefined if there is none, or if the policy limits nothing. */
export function lockedUntil(
  attempts: Attempts = NO_ATTEMPTS,
  { maxAttempts }: GuessPolicy,
  now: number,
): number | undefined {
  return maxAttempts > 0 && now < attempts.lockedUntil ? attempts.lockedUntil : undefined;
}

/** The count after a wrong code. Nothing counts during a lock: the caller must not ask then. */
export function afterWrongCode(attempts: Attempts = NO_ATTEMPTS, policy: GuessPolicy, now: number): Attempts {
  const { failures, locks } = now < attempts.forgetAt ? attempts : NO_ATTEMPTS;
  if (failures + 1 < policy.maxAttempts)
    return { failures: failures + 1, locks, lockedUntil: 0, forgetAt: now + HOUR_MS };
  const opensAt = now + Math.min(policy.lockoutMs * 2 ** locks, HOUR_MS);
  return { failures: 0, locks: locks + 1, lockedUntil: opensAt, forgetAt: opensAt + HOUR_MS };
}

/** The count without a lock that has opened. */
function afterLock(attempts: Attempts, now: number): Attempts {
  return now < attempts.lockedUntil ? attempts : { ...attempts, lockedUntil: 0 };
}

/** Wrong codes left until the lock; 0 during one. */
export function attemptsLeft(attempts: Attempts, policy: GuessPolicy, now: number): number {
  return lockedUntil(attempts, policy, now) === undefined ? policy.maxAttempts - attempts.failures : 0;
}

/** The verdict on a guess, the code that it was at, and what is kept after it: the very same if the guess did not count. */
export type Judgement =
  | { readonly verdict: 'locked'; readonly until: number; readonly code?: Code }
  | { readonly verdict: 'verified' | 'wrong' | 'expired'; readonly code: Code; readonly kept: Kept }
  | { readonly verdict: 'none'; readonly kept: Kept };

/** Judges a guess, given as `numberOf` has it, in this order: locked, no code, expired, wrong or right. */
export function judge(kept: Kept, guess: number, policy: GuessPolicy, now: number): Judgement {
  const { code, attempts } = kept;
  const phase = phaseOf(code, now);
  const isLive = phase === 'live';
  if (code?.own !== undefined && isLive) return judgeAlone(kept, code, code.own, guess);

  const until = lockedUntil(attempts, policy, now);
  if (until !== undefined) return { verdict: 'locked', until };
  // A right guess spends the code and clears the wrong codes and locks before it.
  if (code !== undefined && isLive && guess === code.digits) return { verdict: 'verified', code, kept: {} };

  const counts = policy.maxAttempts > 0 && (isLive || policy.everyGuessCounts);
  const after = counts ? afterGuess(kept, isLive, policy, now) : kept;
  if (code === undefined || phase === 'gone') return { verdict: 'none', kept: after };
  return { verdict: isLive ? 'wrong' : 'expired', code, kept: after };
}

/** Judges a guess at a live code with limits of its own: it counts for the code, and not for the user. */
function judgeAlone(kept: Kept, code: Code, own: OwnLimits, guess: number): Judgement {
  if (own.checks === 0) return { verdict: 'locked', until: code.expiresAt, code };
  if (guess === code.digits) return { verdict: 'verified', code, kept: {} };
  return {
    verdict: 'wrong',
    code,
    kept: { ...kept, code: { ...code, own: { ...own, checks: own.checks - 1 } } },
  };
}

/** What is kept after a guess that counts. The guess that locks burns a live code. */
function afterGuess(
  { code, attempts: before }: Kept,
  isLive: boolean,
  policy: GuessPolicy,
  now: number,
): Kept {
  const attempts = afterWrongCode(before, policy, now);
  const burns = isLive && lockedUntil(attempts, policy, now) !== undefined;
  return { code: burns ? undefined : code, attempts };
}

// --- Sends ------------------------------------------------------------------------------------------------------------
//
// Requests are limited for a user, all purposes together: a purpose is free text, and each code may cost a message. They
// are limited for an address in the same way: otherwise many users with one address could flood it.

/** The limits on requests. */
export interface SendPolicy {
  /** Least time between two requests; 0 for none. */
  readonly cooldownMs: number;
  /** Most requests within any `windowMs`; 0 for no limit. */
  readonly limit: number;
  readonly windowMs: number;
}

/** The last requests for a user or an address. */
export interface Sends {
  /** When they were made, oldest first: no more than the limit looks back at. */
  readonly times: readonly number[];
  /** When they can be forgotten, because they limit nothing any more. */
  readonly forgetAt: number;
}

/** Why a request is refused, and until when. */
export interface Throttle {
  readonly reason: 'resend_cooldown' | 'send_limit';
  readonly until: number;
}

/** Why a live code's own limits refuse to send it again, until its deadline; undefined if they don't. */
export function refusesResend({ own }: Code): 'locked' | 'send_limit' | undefined {
  if (own?.checks === 0) return 'locked';
  return own?.resends === 0 ? 'send_limit' : undefined;
}

/** A live code after it was sent again. Its lifetime is unchanged. */
export function afterResend(code: Code): Code {
  return { ...code, own: code.own && { ...code.own, resends: code.own.resends - 1 } };
}

/** Whether the policy limits anything, so that sends need to be kept at all. */
export function limitsSends({ cooldownMs, limit }: SendPolicy): boolean {
  return cooldownMs > 0 || limit > 0;
}

/** Whether one more request now is too many. */
export function throttle(sends: Sends | undefined, policy: SendPolicy, now: number): Throttle | undefined {
  const times = sends?.times ?? [];
  const cooled = (times.at(-1) ?? Number.NEGATIVE_INFINITY) + policy.cooldownMs;
  if (now < cooled) return { reason: 'resend_cooldown', until: cooled };
  const oldest = policy.limit > 0 ? times.at(-policy.limit) : undefined;
  if (oldest === undefined || now >= oldest + policy.windowMs) return undefined;
  return { reason: 'send_limit', until: oldest + policy.windowMs };
}

/** The sends after one more request. */
export function afterSend(sends: Sends | undefined, policy: SendPolicy, now: number): Sends {
  const times = [...(sends?.times ?? []), now].slice(-Math.max(policy.limit, 1));
  const { cooldownMs, limit, windowMs } = policy;
  return { times, forgetAt: now + Math.max(cooldownMs, limit > 0 ? windowMs : 0) };
}

// --- Deadlines --------------------------------------------------------------------------------------------------------

/** When the first thing kept ends, a lock included; undefined if nothing is kept. */
export function firstEnd({ code, attempts, sends }: Kept): number | undefined {
  let first = code === undefined ? undefined : (code.goneAt ?? code.expiresAt);
  if (attempts !== undefined) {
    const end = attempts.lockedUntil || attempts.forgetAt;
    first = Math.min(end, first ?? end);
  }
  if (sends !== undefined) first = Math.min(sends.forgetAt, first ?? sends.forgetAt);
  return first;
}

/** What is still kept at a moment: a code that has ended enters its grace period, a lock opens, and what is over is gone. */
export function afterEnds({ code, attempts, sends }: Kept, now: number): Kept {
  const phase = phaseOf(code, now);
  const left = phase === 'gone' ? undefined : code;
  return {
    code: left !== undefined && phase === 'ended' ? enterGrace(left, now) : left,
    attempts: attempts !== undefined && now < attempts.forgetAt ? afterLock(attempts, now) : undefined,
    sends: sends !== undefined && now < sends.forgetAt ? sends : undefined,
  };
}
