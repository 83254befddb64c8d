import type { Counted, Otp, OtpKey, Refused } from '../core/store.ts';
import { TICK_MS } from '../core/wheel.ts';
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

/** A refusal as a script reports it: why, and how long to wait. @throws Error if that is no reason */
export function refusedOf(reason: unknown, waitMs: unknown): Refused {
  switch (reason) {
    case 'capacity':
      return { refused: reason, waitMs: TICK_MS };
    case 'locked':
    case 'resend_cooldown':
    case 'send_limit':
      return { refused: reason, waitMs: Number(waitMs) };
    default:
      throw new Error(`no script refuses a request with: ${reason}`);
  }
}

/** The attempts left as a script reports them: -1 for a guess that did not count. */
export function countedOf(left: unknown): Counted {
  return left === -1 ? {} : { attemptsLeft: Number(left) };
}
