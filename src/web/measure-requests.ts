import type { Context } from 'elysia';
import type { AnsweredRequest } from '../features/http-metrics.ts';
import type { Clock } from '../kernel/clock.ts';
import { pathOf } from './path.ts';
import { PROBLEMS } from './problem.ts';

/** Methods that are told apart; anybody can make up others. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Statuses that are told apart. A fault lever may answer with any other: of those the class must do. */
const STATUSES = new Set([200, ...Object.values(PROBLEMS).map(({ status }) => status)]);

type Answered = Pick<Context, 'request' | 'set'> & { readonly route?: string };

/**
 * Measures every request from its head to its answer, for a note of it that holds nothing a caller made up: a
 * path that is none of ours, or a method that nobody knows, is one and the same word for all.
 *
 * @param root whose routes there are, once it is complete
 * @param note told of each request once it is answered; must not throw
 * @returns two hooks for Elysia's root instance: one for the request's start, one for after its answer
 */
export function measureRequests(
  clock: Clock,
  root: { readonly routes: readonly { readonly path: string }[] },
  note: (answered: AnsweredRequest, set: Context['set']) => void,
) {
  const started = new WeakMap<Request, number>();
  return {
    start({ request }: { request: Request }): void {
      started.set(request, clock.monotonic());
    },
    /** Elysia names the route of a request only where one took it, so not where host or method was refused. */
    finish({ request, set, route = routeOf(request) }: Answered): void {
      const method = METHODS.has(request.method) ? request.method : 'other';
      const durationMs = clock.monotonic() - (started.get(request) ?? clock.monotonic());
      note({ route, method, status: statusOf(set), durationMs }, set);
    },
  };

  function routeOf(request: Request): string {
    const path = pathOf(request);
    return root.routes.some((route) => route.path === path) ? path : 'unknown';
  }
}

function statusOf({ status = 200 }: Context['set']): string {
  return STATUSES.has(Number(status)) ? String(status) : `${String(status).slice(0, 1)}xx`;
}
