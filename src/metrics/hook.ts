import { type Context, ElysiaCustomStatusResponse } from 'elysia';
import type { Registry } from 'prom-client';
import type { Clock } from '../core/clock.ts';
import { PROBLEMS } from '../http/problem.ts';
import { pathOf } from '../http/request.ts';
import { DurationHistogram } from './duration-histogram.ts';

/** Methods with a label of their own. Clients can invent others. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Statuses with a label of their own. A fault lever can answer with any other; those are counted by class. */
const STATUSES = new Set([200, ...Object.values(PROBLEMS).map(({ status }) => status)]);

/** From an answer out of memory to a long poll of a minute. Seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** An answered request. Route, method and status come from small fixed sets, whatever the client sent. */
interface Answered {
  readonly route: string;
  readonly method: string;
  readonly status: string;
  /** Real time from its head to its answer, in milliseconds. */
  readonly durationMs: number;
}

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
  registry: Registry,
  clock: Clock,
  root: { readonly routes: readonly { readonly path: string }[] },
  note: (answered: Answered, set: Context['set']) => void,
) {
  const durations = new DurationHistogram({
    name: 'http_request_duration_seconds',
    help: 'Real time from the head of a request to its answer.',
    labelNames: ['route', 'method', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  // Three nested maps, by route, method and status: cheaper than one map with the three joined in a string.
  type Series = ReturnType<typeof durations.series>;
  const series = new Map<string, Map<string, Map<string, Series>>>();

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
    code: number,
    startedAt: number,
    route = routeOf(request),
  ): void {
    const method = METHODS.has(request.method) ? request.method : 'other';
    const status = STATUSES.has(code) ? String(code) : `${Math.floor(code / 100)}xx`;
    const durationMs = clock.monotonic() - startedAt;
    const known = series.get(route)?.get(method)?.get(status);
    (known ?? addSeries(route, method, status)).observe(durationMs);
    note({ route, method, status, durationMs }, set);
  }

  /** The route of a request that no handler took: its host or method was refused, say. Elysia does not tell it then. */
  function routeOf(request: Request): string {
    const path = pathOf(request);
    return root.routes.some((route) => route.path === path) ? path : 'unknown';
  }

  function addSeries(route: string, method: string, status: string) {
    const byMethod = series.get(route) ?? new Map<string, Map<string, Series>>();
    const byStatus = byMethod.get(method) ?? new Map<string, Series>();
    const added = durations.series({ route, method, status });
    series.set(route, byMethod.set(method, byStatus.set(status, added)));
    return added;
  }
}

function statusOf(answer: unknown, { status = 200 }: Context['set']): number {
  if (answer instanceof ElysiaCustomStatusResponse) return Number(answer.code);
  return answer instanceof Response ? answer.status : Number(status);
}
