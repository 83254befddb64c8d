import type { GuessPolicy, OwnLimits, SendPolicy, Throttle } from './rules.ts';

/**
 * Keeps codes, and is the one place where two steps could race: each operation is atomic, except forgetting one user.
 *
 * A store applies the rules of `rules.ts` by its own clock and returns what happened as plain values; it announces
 * nothing. Its answers arrive in the order in which it took the steps, so the caller can announce them in that order.
 * It rejects with `StoreUnavailable` if it cannot be reached.
 */
export interface Store {
  /**
   * Keeps a new code in place of the earlier one for that user and purpose, or finds a live one that the caller wants to
   * keep. A refusal changes nothing.
   */
  request(wanted: NewCode): Promise<Issued | Found | Refused>;
  /** Judges a guess and counts it. A right guess spends the code in the same step. @param exempt no lock, no count */
  verify(key: OtpKey, guess: string, exempt?: boolean): Promise<Judged>;
  /** Ends a live code; undefined without one. */
  cancel(key: OtpKey): Promise<Otp | undefined>;
  /** Expires a live code now; undefined without one. */
  expireNow(key: OtpKey): Promise<Otp | undefined>;
  /**
   * Forgets codes, counts, locks and sends: those of one user, or all. A forgotten code is never announced. A code
   * requested after the call stays; a wrong guess counted meanwhile may be forgotten.
   */
  forget(user?: string): Promise<void>;
  /** Expires codes whose deadline has come and frees records that nothing needs any more: looks at `limit` at most. */
  expire(limit: number): Promise<Expired>;
  /** How many codes are live, those whose end is not noticed yet included. Costs the same at any number of codes. */
  live(): Promise<number>;
  /** Whether the store answers. Never rejects. */
  ready(): Promise<boolean>;
}

/** The limits that a store applies. */
export interface Policy {
  readonly guesses: GuessPolicy;
  readonly sends: SendPolicy;
  /** Most records at once: codes and sends, and counts and locks beyond `maxCounts`. */
  readonly maxRecords: number;
  /**
   * Counts of wrong codes without a code, locked or not, that have room of their own. Beyond it the one that was used
   * longest ago is given up, but none that has locked: the next lock must last longer. So guesses at invented users
   * take no room from codes.
   */
  readonly maxCounts: number;
}

/** The purpose of a code whose request names none. */
export const DEFAULT_PURPOSE = 'default';

/** What a code is valid for: exactly this user and this purpose. Neither contains NUL. */
export interface OtpKey {
  readonly user: string;
  readonly purpose: string;
}

/** A user and a purpose as one string, unique to the pair. For the default purpose it is just the user. */
export function keyOf({ user, purpose }: OtpKey): string {
  return purpose === DEFAULT_PURPOSE ? user : `${user}\0${purpose}`;
}

/** Whether such a string belongs to this user, whatever the purpose. */
export function isOf(user: string, key: string): boolean {
  return key.startsWith(user) && (key.length === user.length || key[user.length] === '\0');
}

/** The user and the purpose in such a string. */
export function otpKeyOf(key: string): OtpKey {
  const end = key.indexOf('\0');
  return end === -1
    ? { user: key, purpose: DEFAULT_PURPOSE }
    : { user: key.slice(0, end), purpose: key.slice(end + 1) };
}

/** A code without its digits, fit for events and logs. */
export interface Otp extends OtpKey {
  /** Unique: the name of the run or the shard, and the code's number. */
  readonly id: string;
  /** Service time, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** A code to keep. */
export interface NewCode extends OtpKey {
  readonly code: string;
  readonly ttlMs: number;
  /** Where it is sent, if anywhere. Limits on sends hold for an address as for a user, and for both together if they are one. */
  readonly address?: string | undefined;
  /** Its number, from 1 to 2⁵³ - 1 and in no order; by default the store counts, so that ids tell how many codes there were. */
  readonly serial?: number | undefined;
  /** Whether locks and send limits do not apply to this user. */
  readonly exempt?: boolean;
  /** Limits of this code alone, in place of its user's. */
  readonly own?: OwnLimits | undefined;
  /** What becomes of a live code: a new one replaces it, if absent; it is sent again; or it is kept and only found. */
  readonly whenLive?: 'resend' | 'keep' | undefined;
}

/** A code that is kept now. */
export interface Issued {
  readonly otp: Otp;
  /** The code that this one ended; absent if there was none whose end was still to be noticed. */
  readonly earlier?: { readonly otp: Otp; readonly fate: 'replaced' | 'expired' };
}

/** A live code that a request found and kept. */
export interface Found {
  readonly otp: Otp;
  /** Its digits. */
  readonly code: string;
  /** Whether it is sent again, which its limits count. */
  readonly resent: boolean;
  /** What is left of its lifetime, in milliseconds. */
  readonly leftMs: number;
  /** What is left of its own limits. */
  readonly own?: OwnLimits | undefined;
}

/** Why no code was made, and how long to wait before the next request, in milliseconds. */
export interface Refused {
  readonly refused: 'locked' | Throttle['reason'] | 'capacity';
  readonly waitMs: number;
}

/** The verdict on a guess, and the code that it was checked against. */
export type Judged =
  | { readonly verdict: 'verified'; readonly otp: Otp }
  | ({ readonly verdict: 'wrong' | 'expired'; readonly otp: Otp } & Counted)
  | ({ readonly verdict: 'none' } & Counted)
  /** The user is locked, or this code, by its own limits. */
  | { readonly verdict: 'locked'; readonly waitMs: number; readonly otp?: Otp };

/** The attempts that a rejected guess leaves; nothing if it did not count. */
export interface Counted {
  /** Wrong codes until the lock; 0 if this one locked. */
  readonly attemptsLeft?: number;
  /** The same for a code with limits of its own: wrong guesses that it still takes. */
  readonly checksLeft?: number;
}

/** What one call of `expire` did. */
export interface Expired {
  /** Codes that expired, each reported once. One store's own come in the order of their second. */
  readonly expired: readonly Otp[];
  /** Whether the pass has more to do: call again while it is true. */
  readonly more: boolean;
}

/** The store cannot be reached or does not answer in time. The step may or may not have been taken. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}
