import { type Context, NotFoundError, ValidationError } from 'elysia';
import { StoreUnavailable } from '../core/store.ts';
import type { Log } from '../log/log.ts';
import { pathOf } from './path.ts';
import { PROBLEM_TYPE, ProblemError, problem, RETRY_S } from './problem.ts';
import { causeOf } from './request-id.ts';

/**
 * The one place that turns an error, thrown in or before a handler, into an answer.
 *
 * @param methodsOf the methods that a path supports; none if there is no such path
 * @returns an error handler for Elysia's root instance
 */
export function errorAnswers(log: Log, methodsOf: (path: string) => readonly string[]) {
  return ({ error, request, set }: { error: unknown; request: Request; set: Context['set'] }): string => {
    const methods = methodsOf(pathOf(request));
    const { code, more } = asProblem(error, methods);
    const body = problem(code, more);
    set.status = body.status;
    set.headers['content-type'] = PROBLEM_TYPE;
    if (code === 'method_not_allowed') set.headers['allow'] = methods.join(', ');
    if (code === 'not_ready' || code === 'store_unavailable') set.headers['retry-after'] = String(RETRY_S);
    if (code === 'unauthorized') set.headers['www-authenticate'] = 'Bearer';
    if (code === 'internal') log.error('a request failed', withoutValues(error), causeOf(set));
    return JSON.stringify(body);
  };
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
