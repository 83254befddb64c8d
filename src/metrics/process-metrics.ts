/// <reference path="./prom-client-parts.d.ts" />
import { cpuUsage } from 'node:process';
import eventLoopLag from 'prom-client/lib/metrics/eventLoopLag';
import heapSize from 'prom-client/lib/metrics/heapSizeAndUsed';
import memory from 'prom-client/lib/metrics/osMemoryHeap';
import maxFileDescriptors from 'prom-client/lib/metrics/processMaxFileDescriptors';
import openFileDescriptors from 'prom-client/lib/metrics/processOpenFileDescriptors';
import startTime from 'prom-client/lib/metrics/processStartTime';
import { Counter, Registry } from './prom-client.ts';

/** Those of prom-client's default metrics that Bun has. The one of processor time would load OpenTelemetry. */
const DEFAULT_METRICS = [startTime, memory, openFileDescriptors, maxFileDescriptors, eventLoopLag, heapSize];

/** What prom-client says of the process's memory on Linux, and what means nothing on Bun. */
const MEANINGLESS = ['process_heap_bytes', 'process_virtual_memory_bytes'];

/**
 * A registry with metrics of the process: processor time, memory, open files, lag of the event loop. Create one for the
 * process: it begins to measure at once.
 */
export function processRegistry(): Registry {
  const registry = new Registry();
  processorTime(registry, 'process_cpu_user_seconds_total', 'User', ({ user }) => user);
  processorTime(registry, 'process_cpu_system_seconds_total', 'System', ({ system }) => system);
  processorTime(registry, 'process_cpu_seconds_total', 'Total', ({ user, system }) => user + system);
  for (const collect of DEFAULT_METRICS) collect(registry);
  for (const name of MEANINGLESS) registry.removeSingleMetric(name);
  return registry;
}

function processorTime(
  registry: Registry,
  name: string,
  kind: string,
  microseconds: (used: NodeJS.CpuUsage) => number,
): void {
  new Counter({
    name,
    help: `${kind} processor time of the process, in seconds.`,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(microseconds(cpuUsage()) / 1e6);
    },
  });
}
