import { collectDefaultMetrics, Registry } from 'prom-client';

/** prom-client's metrics of Node that Bun leaves empty, or that mean nothing on Bun. */
const MEANINGLESS = /^nodejs_(active_|gc_|heap_space_|version_info)|^process_(heap|virtual_memory)_bytes/;

/**
 * A registry with metrics of the process: processor time, memory, open files, lag of the event loop. Create one for the
 * process: it begins to measure at once.
 */
export function processRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray())
    if (MEANINGLESS.test(name)) registry.removeSingleMetric(name);
  return registry;
}
