import { type Context, ElysiaCustomStatusResponse } from 'elysia';
import type { Clock } from '../core/clock.ts';
import { pathOf } from '../http/path.ts';
import { PROBLEMS } from '../http/problem.ts';
import type { AnsweredRequest } from './http-metrics.ts';

/** Methods with a label of their own. Clients can invent others. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Statuses with a label of their own. A fault lever can answer with any other; those are counted by class. */
const STATUSES = new Set([200, ...Object.values(PROBLEMS).map(({ status }) => status)]);

/** The context that Elysia passes from hook to hook, with the time at which the request began. */
interface Measured extends Pick<Context, 'request' | 'set'> {
  readonly route?: string;
  startedAt: number;
}

/** The context of a request that failed. */
interface Failure extends Pick<Context, 'request' | 'set'> {
  readonly error: unknown;
}

/**
 * Makes hooks that measure every request from its head to its answer. Clients cannot invent labels: all unknown paths
 * share one, and so do all unknown methods.
 *
 * There are three hooks, and none is Elysia's `onAfterResponse`: that one, or a wrapper around everything, costs a tenth
 * of the throughput.
 *
 * @param root has the routes that are known
 * @param note called for each request once its answer is ready; must not throw
 */
export function measureRequests(
  clock: Clock,
  root: { readonly routes: readonly { readonly path: string }[] },
  note: (answered: AnsweredRequest, set: Context['set']) => void,
) {
  // Elysia reads the source of hooks and computes only what they name, so what they leave out costs nothing.
  return {
    /** For the start of a request. */
    start(context: Measured): void {
      context.startedAt = clock.monotonic();
    },
    /** For the answer of a handler. */
    answered({ request, set, route, startedAt, responseValue }: Measured & { responseValue: unknown }): void {
      finish(request, set, statusOf(responseValue, set), startedAt, route);
    },
    /** For the answer to an error. An answer that breaks its own schema is replaced by an error, and counts twice. */
    failed(answer: (failure: Failure) => string) {
      return ({ error, request, set, route, startedAt }: Failure & Measured): string => {
        const body = answer({ error, request, set });
        finish(request, set, Number(set.status), startedAt, route);
        return body;
      };
    },
  };

  function finish(
    request: Request,
    set: Context['set'],
    status: number,
    startedAt: number,
    route = routeOf(request),
  ): void {
    const answered = {
      route,
      method: METHODS.has(request.method) ? request.method : 'other',
      status: STATUSES.has(status) ? String(status) : `${Math.floor(status / 100)}xx`,
      durationMs: clock.monotonic() - startedAt,
    };
    note(answered, set);
  }

  /** The route of a request that no handler took: its host or method was refused, say. Elysia does not tell it then. */
  function routeOf(request: Request): string {
    const path = pathOf(request);
    return root.routes.some((route) => route.path === path) ? path : 'unknown';
  }
}

function statusOf(answer: unknown, { status = 200 }: Context['set']): number {
  if (answer instanceof ElysiaCustomStatusResponse) return Number(answer.code);
  return answer instanceof Response ? answer.status : Number(status);
}
