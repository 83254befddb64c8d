import { describe, expect, test } from 'bun:test';
import { processRegistry } from '../../src/metrics/process-metrics.ts';
import { samplesOf } from './samples.ts';

describe('the metrics of the process', () => {
  test('include processor time since the start, memory, open files and the lag of the event loop', async () => {
    const { user, system } = process.cpuUsage();
    const samples = samplesOf(await processRegistry().metrics());
    expect(samples['process_cpu_user_seconds_total']).toBeGreaterThanOrEqual(user / 1e6);
    expect(samples['process_cpu_system_seconds_total']).toBeGreaterThanOrEqual(system / 1e6);
    expect(samples['process_cpu_seconds_total']).toBeGreaterThanOrEqual((user + system) / 1e6);
    expect(samples['process_resident_memory_bytes']).toBeGreaterThan(2 ** 20);
    expect(samples['process_open_fds']).toBeGreaterThan(0);
    expect(samples).toHaveProperty('nodejs_eventloop_lag_p99_seconds');
    expect(samples['nodejs_heap_size_used_bytes']).toBeGreaterThan(2 ** 18);
  });

  test('omit those that mean nothing on Bun', async () => {
    const text = await processRegistry().metrics();
    expect(text).not.toMatch(/nodejs_(active|gc|heap_space|version)|process_(heap|virtual)/);
  });
});
