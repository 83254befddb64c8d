import type { Counted, Otp, OtpKey } from '../core/store.ts';
import type { Shard } from './keys.ts';

/** A reply that is a list. @throws Error if it is not */
export function listOf(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw new Error('Redis has not replied with a list');
  return reply;
}

/** A code as a script reports it. Its number is unique in its shard alone, so its id names the shard as well. */
export function otpOf(
  { user, purpose }: OtpKey,
  { number }: Shard,
  serial: unknown,
  expiresAt: unknown,
): Otp {
  return { id: `s${number}-c${serial}`, user, purpose, expiresAt: Number(expiresAt) };
}

/** A code that expired: the script reports the user and purpose as well. */
export function expiredOtpOf(shard: Shard, [user, purpose, serial, expiresAt]: readonly unknown[]): Otp {
  return otpOf({ user: String(user), purpose: String(purpose) }, shard, serial, expiresAt);
}

/** The attempts left as a script reports them: -1 for a guess that did not count. */
export function countedOf(left: unknown): Counted {
  return left === -1 ? {} : { attemptsLeft: Number(left) };
}
