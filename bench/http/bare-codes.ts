import { randomInt } from 'node:crypto';

/**
 * A minimal one-time-password service for the bare servers that ours is compared with: a `Map`, with no limits, events,
 * logs or checks. Codes expire but are never removed.
 */
const TTL_S = 300;
const codes = new Map<string, { code: string; expiresAt: number }>();

export interface Body {
  readonly user: string;
  readonly code?: string;
}

export function request({ user, code = String(randomInt(1_000_000)).padStart(6, '0') }: Body) {
  const expiresAt = Date.now() + TTL_S * 1_000;
  codes.set(user, { code, expiresAt });
  const times = { expiresIn: TTL_S, expiresAt: new Date(expiresAt).toISOString() };
  return { message: 'OTP generated successfully', user, purpose: 'default', code, ...times };
}

/** @returns undefined if the code is wrong or has expired */
export function verify({ user, code }: Body) {
  const known = codes.get(user);
  if (known === undefined || known.code !== code || Date.now() >= known.expiresAt) return undefined;
  codes.delete(user);
  return { message: 'OTP verified successfully', user, purpose: 'default' };
}
