import { createHash, timingSafeEqual } from 'node:crypto';
import { ProblemError } from './problem.ts';

/** The security scheme of `OTP_API_KEYS` in the OpenAPI document. */
export const KEY_SCHEME = 'key';
/** The security scheme of `OTP_METRICS_KEYS`. */
export const METRICS_KEY_SCHEME = 'metricsKey';

/** The OpenAPI detail of routes that require one of `keys`; empty without keys. */
export function keyDetail(keys: readonly string[], scheme = KEY_SCHEME) {
  return keys.length > 0 ? { security: [{ [scheme]: [] }] } : {};
}

/**
 * Makes the hook that requires one of `keys` as `Authorization: Bearer <key>` (RFC 6750). Without keys it accepts every
 * request.
 *
 * @returns throws ProblemError `unauthorized`
 */
export function keyCheck(keys: readonly string[]): (context: { request: Request }) => void {
  return ({ request }) => {
    if (keys.length === 0) return;
    const [, given = ''] = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
    if (!matchesKey(given, keys)) throw new ProblemError('unauthorized');
  };
}

/**
 * Whether a text is one of the keys. The duration reveals nothing about them: it compares digests of equal length, and
 * always with every key.
 */
export function matchesKey(given: string, keys: readonly string[]): boolean {
  const actual = digest(given);
  return keys.filter((key) => timingSafeEqual(digest(key), actual)).length > 0;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
