import { collectDefaultMetrics, Registry } from 'prom-client';

/** What prom-client knows of a Node process and Bun does not fill, or fills with what has no meaning there. */
const MEANINGLESS = /^nodejs_(active_|gc_|heap_space_|version_info)|^process_(heap|virtual_memory)_bytes/;

/**
 * A registry with what is to be known of the process: processor time, memory, open files, how late the event
 * loop is. One for the process; it is measured from now on.
 */
export function processRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray())
    if (MEANINGLESS.test(name)) registry.removeSingleMetric(name);
  return registry;
}
