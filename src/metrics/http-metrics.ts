import type { Registry } from 'prom-client';
import { DurationHistogram } from './duration-histogram.ts';

/** From an answer out of memory to a long poll of a minute. Seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** An answered request. Route, method and status come from small fixed sets, whatever the client sent. */
export interface AnsweredRequest {
  readonly route: string;
  readonly method: string;
  readonly status: string;
  /** Real time from its head to its answer, in milliseconds. */
  readonly durationMs: number;
}

/** Makes the function that counts every answered request. */
export function httpMetrics(registry: Registry): (request: AnsweredRequest) => void {
  const durations = new DurationHistogram({
    name: 'http_request_duration_seconds',
    help: 'Real time from the head of a request to its answer.',
    labelNames: ['route', 'method', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  // Three nested maps: cheaper than one map with the three joined in a string.
  const series = new Map<string, Map<string, Map<string, Series>>>();

  function added(route: string, method: string, status: string): Series {
    const byMethod = series.get(route) ?? new Map<string, Map<string, Series>>();
    const byStatus = byMethod.get(method) ?? new Map<string, Series>();
    const one = durations.series({ route, method, status });
    series.set(route, byMethod.set(method, byStatus.set(status, one)));
    return one;
  }

  return ({ route, method, status, durationMs }) => {
    const known = series.get(route)?.get(method)?.get(status);
    (known ?? added(route, method, status)).observe(durationMs);
  };
}

type Series = ReturnType<DurationHistogram<string>['series']>;
