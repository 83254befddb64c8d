import { Counter, type Registry } from 'prom-client';
import { DurationHistogram } from './duration-histogram.ts';
import { OPERATIONS, type StoreMeter } from './measured-store.ts';

/** From a step in memory to a server that is about to be given up. Seconds. */
const BUCKETS = [0.00001, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** How long the store takes for each operation, and how often it fails. */
export function storeMetrics(registry: Registry): StoreMeter {
  const durations = new DurationHistogram({
    name: 'otp_store_duration_seconds',
    help: 'Real time until the store answers or fails.',
    labelNames: ['operation'],
    buckets: BUCKETS,
    registers: [registry],
  });
  const errors = new Counter({
    name: 'otp_store_errors_total',
    help: 'Operations in which the store failed.',
    labelNames: ['operation'],
    registers: [registry],
  });
  for (const operation of OPERATIONS) errors.inc({ operation }, 0);
  const series = new Map(OPERATIONS.map((operation) => [operation, durations.series({ operation })]));
  return {
    took: (operation, ms) => series.get(operation)?.observe(ms),
    failed: (operation) => errors.inc({ operation }),
  };
}
