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
  const matches = keyMatcher(keys);
  return ({ request }) => {
    if (keys.length === 0) return;
    const [, given = ''] = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
    if (!matches(given)) throw new ProblemError('unauthorized');
  };
}

/** The check as hooks: none without keys, so that routes without them have nothing to call. */
export function keyHooks(keys: readonly string[]) {
  return keys.length > 0 ? [keyCheck(keys)] : [];
}

/**
 * Makes the function that says whether a text is one of the keys. Its duration reveals nothing about them: it compares
 * digests of equal length, and always with every key.
 */
export function keyMatcher(keys: readonly string[]): (given: string) => boolean {
  const digests = keys.map(digest);
  return (given) => {
    const actual = digest(given);
    return digests.filter((expected) => timingSafeEqual(expected, actual)).length > 0;
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
