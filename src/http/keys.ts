import { createHash, timingSafeEqual } from 'node:crypto';
import { ProblemError } from './problem.ts';

/** The name of the keys for codes in the OpenAPI document. */
export const KEY_SCHEME = 'key';
/** The name of those for `/metrics`. */
export const METRICS_KEY_SCHEME = 'metricsKey';

/** What the OpenAPI document says of routes that want one of `keys`. */
export function keyDetail(keys: readonly string[], scheme = KEY_SCHEME) {
  return keys.length > 0 ? { security: [{ [scheme]: [] }] } : {};
}

/**
 * Makes the hook that checks whether a request brings one of `keys`, as `Authorization: Bearer <key>` (RFC 6750). Without
 * keys it lets everything pass.
 *
 * It takes the same time whatever is brought: digests of one length are compared, with all keys, always.
 *
 * @throws ProblemError `unauthorized`, by the function returned
 */
export function keyCheck(keys: readonly string[]): (context: { request: Request }) => void {
  const digests = keys.map(digest);
  return ({ request }) => {
    if (digests.length > 0) check(request);
  };

  function check(request: Request): void {
    const [, brought = ''] = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
    const mine = digest(brought);
    const matches = digests.filter((known) => timingSafeEqual(known, mine));
    if (matches.length === 0) throw new ProblemError('unauthorized');
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
