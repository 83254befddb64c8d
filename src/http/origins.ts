import type { AnyElysia, Context } from 'elysia';
import { methodsAt } from './errors.ts';
import { hostOf, isExempt } from './host-check.ts';
import { ProblemError, safeName } from './problem.ts';
import { pathOf } from './request.ts';

/** What a page may send, the headers of the Model Context Protocol included, and what it may read besides the body. */
const REQUEST_HEADERS =
  'content-type, authorization, x-request-id, last-event-id, mcp-protocol-version, mcp-method, mcp-name';
const ANSWER_HEADERS = 'x-request-id, retry-after';

/** How long a browser may keep the answer to a preflight, in seconds. */
const MAX_AGE_S = '600';

/**
 * Lets web pages of these origins call the service and read its answers, errors included: the CORS protocol of the Fetch
 * standard, section 3.2. It sends no cookies, and needs none. Pages of any other origin are refused, unless this service
 * serves them.
 *
 * @param origins as browsers write them: `http://localhost:5173`
 * @param root the app; its routes may still be added
 * @returns a function to call for every request, after the host check. It returns the answer to a preflight, and throws
 *   ProblemError `forbidden_origin`
 */
export function originCheck(origins: readonly string[], root: Pick<AnyElysia, 'routes'>) {
  return (request: Request, set: Context['set']): Response | undefined => {
    const origin = request.headers.get('origin');
    if (origin === null) return undefined;
    if (!origins.includes(origin)) {
      if (isExempt(request) || isOriginOf(origin, hostOf(request))) return undefined;
      throw forbiddenOrigin(origin);
    }
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

const WITHOUT_ORIGIN =
  'A page without an origin, such as a file, may not call this service. Serve the page over HTTP, and add its origin to OTP_ALLOWED_ORIGINS.';

function forbiddenOrigin(origin: string): ProblemError {
  // A file and a sandboxed frame send this, and so could any site.
  if (origin === 'null') return new ProblemError('forbidden_origin', { detail: WITHOUT_ORIGIN });
  const detail = `Web pages of the origin "${safeName(origin)}" may not call this service. Call it from your server, or add the origin to OTP_ALLOWED_ORIGINS.`;
  return new ProblemError('forbidden_origin', { detail });
}

/** Whether a page that this host serves has this origin. Default ports may be left out. */
function isOriginOf(origin: string, host: string): boolean {
  const own = `${origin.split('//')[0]}//${host}`;
  return URL.canParse(origin) && URL.canParse(own) && new URL(origin).host === new URL(own).host;
}
