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

/** Notes an answered request. @param answer what the handler returned; absent for an error, whose status `set` has */
type Observe = (
  request: Request,
  set: Context['set'],
  startedAt: number,
  route: string | undefined,
  answer?: unknown,
) => void;

/**
 * Makes the function that measures every request from its head to its answer. Clients cannot invent labels: all unknown
 * paths share one, and so do all unknown methods. An answer that breaks its own schema is replaced by an error, and
 * counts twice.
 *
 * It is not called from Elysia's `onAfterResponse`: that one, or a wrapper around everything, costs a tenth of the
 * throughput.
 *
 * @param root has the routes that are known
 * @param note called for each request once its answer is ready; must not throw
 */
export function measureRequests(
  registry: Registry,
  clock: Clock,
  root: { readonly routes: readonly { readonly path: string }[] },
  note: (answered: Answered, set: Context['set']) => void,
): Observe {
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

  return (request, set, startedAt, route = routeOf(request), answer) => {
    const code = statusOf(answer, set);
    const method = METHODS.has(request.method) ? request.method : 'other';
    const status = STATUSES.has(code) ? String(code) : `${Math.floor(code / 100)}xx`;
    const durationMs = clock.monotonic() - startedAt;
    const known = series.get(route)?.get(method)?.get(status);
    (known ?? addSeries(route, method, status)).observe(durationMs);
    note({ route, method, status, durationMs }, set);
  };

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
