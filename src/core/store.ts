import type { GuessPolicy } from './rules/judgement.ts';
import type { SendPolicy, Throttle } from './rules/sends.ts';

/**
 * Where codes are kept, and the one place where a step can race with another: each operation is atomic.
 *
 * A store applies the rules of `rules/` by a clock of its own. It reports what happened as plain values and
 * announces nothing; its answers reach callers in the order in which it took the steps, so that whoever
 * announces them can keep that order. It rejects only if it cannot be reached or is broken.
 */
export interface Store {
  /** Keeps a new code, in place of the earlier one for that user and purpose. A refusal changes nothing. */
  request(wanted: Wanted): Promise<Issued | Refused>;
  /**
   * Judges a guess and counts it; a right one is spent in the same step.
   *
   * @param exempt whether there is no lock for this user, and no count; false if absent
   */
  verify(key: OtpKey, guess: string, exempt?: boolean): Promise<Judged>;
  /** Ends a live code. `undefined` if there is none. */
  cancel(key: OtpKey): Promise<Otp | undefined>;
  /** Has the time of a live code be up now. `undefined` if there is none. */
  runOut(key: OtpKey): Promise<Otp | undefined>;
  /**
   * Forgets codes, counts, locks and sends: those of one user, or all. What was never announced never is, and a
   * code that is requested from the call on is not forgotten.
   */
  forget(user?: string): Promise<void>;
  /**
   * Ends codes whose time is up and forgets what need not be kept; at most `limit` steps in all.
   *
   * @param toTheMoment also codes that have run out since the last whole second, which else have until the next
   */
  expire(limit: number, toTheMoment?: boolean): Promise<Expired>;
  /** How many codes are live; one whose time is up counts until its end is noticed. At a cost that does not grow. */
  live(): Promise<number>;
  /** Whether the store answers. Never rejects. */
  ready(): Promise<boolean>;
}

/** What a store is told of limits. */
export interface Policy {
  readonly guesses: GuessPolicy;
  readonly sends: SendPolicy;
  /** Most records that may take memory at once: codes, counts, locks and sends. */
  readonly maxRecords: number;
}

/** The purpose of a code whose request names none. */
export const DEFAULT_PURPOSE = 'default';

/** Whom and what a code is for: it is verified for exactly these two. Neither contains NUL. */
export interface OtpKey {
  readonly user: string;
  readonly purpose: string;
}

/** A code without its digits: what may be announced and logged. */
export interface Otp extends OtpKey {
  /** Names this one code, in events and to callers: what numbers it, a run or a shard, and a number that grows. */
  readonly id: string;
  /** Service time, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** A code that is to be kept. */
export interface Wanted extends OtpKey {
  readonly code: string;
  readonly ttlMs: number;
  /** Whether there is neither lock nor limit on sends for this user. */
  readonly exempt?: boolean;
}

/** A code that is kept. */
export interface Issued {
  readonly otp: Otp;
  /** What became of the earlier code: absent if there was none, or none whose end was still to be noticed. */
  readonly earlier?: { readonly otp: Otp; readonly fate: 'replaced' | 'expired' };
}

/** Why there is no new code, and how long to wait before asking again, in milliseconds. */
export interface Refused {
  readonly refused: 'locked' | Throttle['reason'] | 'capacity';
  readonly waitMs: number;
}

/** What a guess came to, and the code that was guessed at. */
export type Judged =
  | { readonly verdict: 'verified'; readonly otp: Otp }
  | ({ readonly verdict: 'wrong' | 'expired'; readonly otp: Otp } & Counted)
  | ({ readonly verdict: 'none' } & Counted)
  | { readonly verdict: 'locked'; readonly waitMs: number };

/** What a guess that was turned down left; nothing if it did not count. */
export interface Counted {
  /** Wrong codes until the lock; 0 for the one that locked. */
  readonly attemptsLeft?: number;
}

/** What one step of expiry has ended. */
export interface Expired {
  /** Codes that ran out, each reported once and never again; of those kept in one place, those of an earlier second first. */
  readonly expired: readonly Otp[];
  /** Whether more is due. */
  readonly more: boolean;
}
