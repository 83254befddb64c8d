import type { AnyElysia, Context } from 'elysia';
import { methodsAt } from './errors.ts';
import { pathOf } from './request.ts';

/** What a page may send, and what it may read besides the body. */
const REQUEST_HEADERS = 'content-type, authorization, x-request-id, last-event-id';
const ANSWER_HEADERS = 'x-request-id, retry-after';

/** How long a browser may keep the answer to a preflight, in seconds. */
const MAX_AGE_S = '600';

/**
 * Lets web pages of these origins call the service and read its answers, errors included: the CORS protocol of the Fetch
 * standard, section 3.2. It sends no cookies, and needs none.
 *
 * @param origins as browsers write them: `http://localhost:5173`
 * @param root the app; its routes may still be added
 * @returns a function to call for every request; it returns the answer to a preflight
 */
export function allowOrigins(origins: readonly string[], root: Pick<AnyElysia, 'routes'>) {
  return (request: Request, set: Context['set']): Response | undefined => {
    const origin = request.headers.get('origin');
    if (origin === null || !origins.includes(origin)) return undefined;
    const headers = { 'access-control-allow-origin': origin, vary: 'origin' };
    Object.assign(set.headers, headers, { 'access-control-expose-headers': ANSWER_HEADERS });
    if (request.method !== 'OPTIONS' || !request.headers.has('access-control-request-method'))
      return undefined;
    const methods = methodsAt(pathOf(request), root);
    if (methods.length === 0) return undefined;
    const allowed = {
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': REQUEST_HEADERS,
      'access-control-max-age': MAX_AGE_S,
    };
    return new Response(null, { status: 204, headers: { ...headers, ...allowed } });
  };
}
