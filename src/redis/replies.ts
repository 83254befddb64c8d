import type { Counted, Otp, OtpKey } from '../core/store.ts';
import type { Shard } from './keys.ts';

/** What the scripts take. */
export type Argument = string | number | boolean;

/** An argument as the scripts read it. */
export function textOf(argument: Argument): string {
  return typeof argument === 'boolean' ? (argument ? '1' : '0') : `${argument}`;
}

/** An answer that is a list. @throws Error if it is none */
export function listOf(answer: unknown): readonly unknown[] {
  if (!Array.isArray(answer)) throw new Error('Redis has answered no list');
  return answer;
}

/** A code as a script tells of it. Its number is one of its shard, so its id names that as well. */
export function otpOf(
  { user, purpose }: OtpKey,
  { number }: Shard,
  serial: unknown,
  expiresAt: unknown,
): Otp {
  return { id: `s${number}-c${serial}`, user, purpose, expiresAt: Number(expiresAt) };
}

/** A code that ran out: the script tells whose it was. */
export function endedOf(shard: Shard, [user, purpose, serial, expiresAt]: readonly unknown[]): Otp {
  return otpOf({ user: String(user), purpose: String(purpose) }, shard, serial, expiresAt);
}

/** How many wrong codes are left, where a script says so: -1 stands for a guess that did not count. */
export function counted(left: unknown): Counted {
  return left === -1 ? {} : { attemptsLeft: Number(left) };
}
