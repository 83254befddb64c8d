import { type Context, ElysiaCustomStatusResponse } from 'elysia';
import type { Clock } from '../core/clock.ts';
import { pathOf } from '../http/path.ts';
import { PROBLEMS } from '../http/problem.ts';
import type { AnsweredRequest } from './http-metrics.ts';

/** Methods that are told apart; anybody can make up others. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Statuses that are told apart. A fault lever may answer with any other: of those the class must do. */
const STATUSES = new Set([200, ...Object.values(PROBLEMS).map(({ status }) => status)]);

/** What Elysia hands from hook to hook for one request; when that began is noted in it. */
interface Measured extends Pick<Context, 'request' | 'set'> {
  readonly route?: string;
  startedAt: number;
}

/** What went wrong, as Elysia hands it to whoever answers then. */
interface Failure extends Pick<Context, 'request' | 'set'> {
  readonly error: unknown;
}

/**
 * Measures every request from its head to its answer, for a note of it that holds nothing a caller made up: a
 * path that is none of ours, or a method that nobody knows, is one and the same word for all.
 *
 * These are three hooks, and none of them is the one that Elysia has for what comes after an answer: that one,
 * or a wrapper around everything, costs a tenth of the throughput.
 *
 * @param root whose routes there are
 * @param note told of each request once its answer is made; must not throw
 */
export function measureRequests(
  clock: Clock,
  root: { readonly routes: readonly { readonly path: string }[] },
  note: (answered: AnsweredRequest, set: Context['set']) => void,
) {
  // Elysia reads the source of hooks and makes only what they name: what a request is not asked for costs nothing.
  return {
    /** For the very start of a request. */
    start(context: Measured): void {
      context.startedAt = clock.monotonic();
    },
    /** For what a handler has answered. */
    answered({ request, set, route, startedAt, responseValue }: Measured & { responseValue: unknown }): void {
      finish(request, set, statusOf(responseValue, set), startedAt, route);
    },
    /** For what `answer` says where none did, or in place of one that broke its own schema: that counts twice. */
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

  /** Elysia tells the route only where one took the request, so not where its host or method was refused. */
  function routeOf(request: Request): string {
    const path = pathOf(request);
    return root.routes.some((route) => route.path === path) ? path : 'unknown';
  }
}

function statusOf(answer: unknown, { status = 200 }: Context['set']): number {
  if (answer instanceof ElysiaCustomStatusResponse) return Number(answer.code);
  return answer instanceof Response ? answer.status : Number(status);
}
