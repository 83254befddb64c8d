import {
  type AnyElysia,
  type Context,
  ElysiaCustomStatusResponse,
  NotFoundError,
  ValidationError,
} from 'elysia';
import { StoreUnavailable } from '../core/store.ts';
import type { Log } from '../log/log.ts';
import { PROBLEM_TYPE, type Problem, ProblemError, problem } from './problem.ts';
import { pathOf } from './request.ts';
import { causeOf } from './request-id.ts';

/** Seconds after which a client can retry when the service is not ready or its store does not answer. */
const RETRY_S = 1;

/** How the API under a path shows problems, if it has a way of its own. */
export interface ProblemShape {
  /** The beginning of its paths, such as `/twilio/`. */
  readonly prefix: string;
  readonly contentType: string;
  /** @param path of the request */
  show(problem: Problem, path: string): { readonly status: number; readonly body: object };
}

/** Paths that wait or stream. HEAD has no body to wait for. */
const WITHOUT_HEAD = ['/mock/inbox/wait', '/mock/events'];

/**
 * The one place that turns an error, thrown in or before a handler, into an answer.
 *
 * @param root the app; its routes may still be added
 * @param shapes for the paths that don't show problems as all others do
 * @returns the body of the answer; it sets the status and the headers
 */
export function errorAnswers(
  log: Log,
  root: Pick<AnyElysia, 'routes'>,
  shapes: readonly ProblemShape[] = [],
) {
  return (error: unknown, request: Request, set: Context['set']): string => {
    const path = pathOf(request);
    const methods = methodsAt(path, root);
    const { code, more } = asProblem(error, methods);
    const body = problem(code, { ...detailOf(code, path, methods, root), ...more });
    set.status = body.status;
    setHeaders(set, body);
    if (code === 'method_not_allowed') set.headers['allow'] = methods.join(', ');
    if (code === 'unauthorized') set.headers['www-authenticate'] = 'Bearer';
    if (code === 'internal') log.error('a request failed', withoutValues(error), causeOf(set));
    const shape = shapes.find(({ prefix }) => path.startsWith(prefix));
    if (shape === undefined) return JSON.stringify(body);
    const shown = shape.show(body, path);
    set.status = shown.status;
    set.headers['content-type'] = shape.contentType;
    return JSON.stringify(shown.body);
  };
}

/** What to do about a path or a method that does not exist here. */
function detailOf(code: string, path: string, methods: string[], { routes }: Pick<AnyElysia, 'routes'>) {
  if (code === 'method_not_allowed') return { detail: `This path supports ${methods.join(', ')} only.` };
  if (code === 'not_found' && path.startsWith('/mock/') && !routes.some((it) => it.path.startsWith('/mock/')))
    return {
      detail: 'The test levers exist in mock mode alone. This service runs in strict mode (OTP_MODE).',
    };
  return undefined;
}

/** Completes an answer if it is a problem that a handler returned. */
export function problemHeaders(responseValue: unknown, set: Context['set']): void {
  if (responseValue instanceof ElysiaCustomStatusResponse && responseValue.code >= 400)
    setHeaders(set, responseValue.response);
}

/** The headers that repeat what a problem says. */
function setHeaders({ headers }: Context['set'], body: { code: string; retryAfter?: number }): void {
  headers['content-type'] = PROBLEM_TYPE;
  const retryAfter = body.retryAfter ?? (body.code === 'not_ready' ? RETRY_S : undefined);
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
}

/** Refuses HEAD on paths that wait or stream. @throws NotFoundError, which is answered as 405 */
export function refuseHead(request: Request): void {
  if (request.method === 'HEAD' && WITHOUT_HEAD.includes(pathOf(request))) throw new NotFoundError();
}

/** The methods of the routes at exactly this path. GET includes HEAD, except on paths that wait or stream. */
export function methodsAt(path: string, { routes }: Pick<AnyElysia, 'routes'>): string[] {
  const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
  const withHead = methods.includes('GET') && !WITHOUT_HEAD.includes(path);
  return withHead ? [...methods, 'HEAD'] : methods;
}

function asProblem(cause: unknown, methods: readonly string[]): ProblemError {
  if (cause instanceof ProblemError) return cause;
  if (cause instanceof StoreUnavailable)
    return new ProblemError('store_unavailable', { retryAfter: RETRY_S });
  if (cause instanceof NotFoundError)
    return new ProblemError(methods.length > 0 ? 'method_not_allowed' : 'not_found');
  return new ProblemError('internal');
}

/** Describes an answer that breaks its own schema, without its values: one may be a code. */
function withoutValues(cause: unknown): unknown {
  if (!(cause instanceof ValidationError)) return cause;
  return new Error(`the ${cause.type} breaks its schema at ${cause.messageValue?.path}`);
}
