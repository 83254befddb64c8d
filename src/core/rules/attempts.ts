/**
 * Limits on guessing, as rules. Wrong codes in a row are counted for a user and a purpose *across codes*, so
 * that a new code is no new chance: five guesses at six digits succeed once in 200,000 times, then comes a
 * lock. (NIST SP 800-63B asks for at most 100 failures in a row; RFC 4226, section 7.3, for a lock or a delay
 * that grows.)
 *
 * The wrong code that uses up the last attempt locks. A lock lasts twice as long as the one before, but never
 * more than an hour, for it may be somebody else who provokes it. When it opens there are all attempts again.
 */

/** No lock is longer, and an hour after the last wrong code or lock both counts are forgotten. */
const HOUR_MS = 3_600_000;

/** What is kept of wrong codes. Times are service time, in milliseconds since the epoch. */
export interface Attempts {
  /** Wrong codes in a row since the last success or lock. */
  readonly failures: number;
  /** Locks in a row, each of which doubles the next one's time. */
  readonly locks: number;
  /** Until when every guess and request is refused; in the past if there is no lock. */
  readonly lockedUntil: number;
  /** When all this is forgotten. */
  readonly forgetAt: number;
}

/** What limits guesses. */
export interface AttemptPolicy {
  /** Wrong codes in a row until the lock; 0 for no limit. */
  readonly maxAttempts: number;
  /** How long the first lock lasts. */
  readonly lockoutMs: number;
}

const NONE: Attempts = { failures: 0, locks: 0, lockedUntil: 0, forgetAt: 0 };

/** When the lock opens that is on now; undefined if there is none. */
export function lockedUntil(attempts: Attempts = NONE, now: number): number | undefined {
  return now < attempts.lockedUntil ? attempts.lockedUntil : undefined;
}

/** What a wrong code makes of the count. Nothing may be counted while there is a lock. */
export function afterWrongCode(attempts: Attempts = NONE, policy: AttemptPolicy, now: number): Attempts {
  const { failures, locks } = now < attempts.forgetAt ? attempts : NONE;
  if (failures + 1 < policy.maxAttempts) {
    return { failures: failures + 1, locks, lockedUntil: 0, forgetAt: now + HOUR_MS };
  }
  const lockedUntil = now + Math.min(policy.lockoutMs * 2 ** locks, HOUR_MS);
  return { failures: 0, locks: locks + 1, lockedUntil, forgetAt: lockedUntil + HOUR_MS };
}

/** How many wrong codes are left until the lock: none while there is one. */
export function attemptsLeft(attempts: Attempts, policy: AttemptPolicy, now: number): number {
  return lockedUntil(attempts, now) === undefined ? policy.maxAttempts - attempts.failures : 0;
}
