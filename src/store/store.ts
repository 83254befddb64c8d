/**
 * Where codes are kept, and the one place where a step can race with another: each operation is atomic.
 *
 * A store applies the rules of `rules/` by a clock of its own. It reports what happened as plain values and
 * announces nothing; its answers reach callers in the order in which it took the steps, so that whoever
 * announces them can keep that order. It rejects only if it cannot be reached or is broken.
 */
export interface Store {
  /** Keeps a new code, in place of the earlier one for that user and purpose. */
  request(wanted: Wanted): Promise<Issued>;
  /** Judges a guess; a right one is spent in the same step. */
  verify(whose: Whose, guess: string): Promise<Judged>;
  /** Ends a live code. `undefined` if there is none. */
  cancel(whose: Whose): Promise<Otp | undefined>;
  /** Ends codes whose time is up and forgets those whose grace period is; no more than `limit` in all. */
  expire(limit: number): Promise<Expired>;
  /** Whether the store answers. Never rejects. */
  ready(): Promise<boolean>;
}

/** Whom and what a code is for: it is verified for exactly these two. */
export interface Whose {
  readonly user: string;
  readonly purpose: string;
}

/** A code as others speak of it; who must know the digits has them already. */
export interface Otp extends Whose {
  /** Names this one code, in events and to callers: the run of the service and a number that grows. */
  readonly id: string;
  /** Service time, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface Wanted extends Whose {
  readonly code: string;
  readonly ttlMs: number;
}

export interface Issued {
  readonly otp: Otp;
  /** What became of the earlier code: absent if there was none, or none whose end was still to be noticed. */
  readonly earlier?: { readonly otp: Otp; readonly fate: 'replaced' | 'expired' };
}

/** What a guess came to, and the code that was guessed at. */
export type Judged =
  | { readonly verdict: 'verified' | 'wrong' | 'expired'; readonly otp: Otp }
  | { readonly verdict: 'none' };

export interface Expired {
  /** Codes that ran out, each reported once and never again, those of an earlier second first. */
  readonly expired: readonly Otp[];
  /** Whether more is due. */
  readonly more: boolean;
}
