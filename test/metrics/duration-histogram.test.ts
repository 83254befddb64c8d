import { expect, test } from 'bun:test';
import { Histogram, Registry } from 'prom-client';
import { DurationHistogram } from '../../src/metrics/duration-histogram.ts';
import { samplesOf } from './samples.ts';

test('a duration histogram renders like prom-client’s own with the same observations', async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const config = {
    name: 'x_seconds',
    help: 'X.',
    labelNames: ['a', 'b'] as const,
    buckets: [0.001, 0.01, 1],
  };
  const mine = new DurationHistogram({ ...config, registers: [ours] });
  const own = new Histogram({ ...config, registers: [theirs] });
  for (const a of ['p', 'q']) {
    const labels = { a, b: 'with "quotes"' };
    const series = mine.series(labels);
    own.zero(labels);
    for (const ms of [0, 0.5, 1, 1.001, 10, 999, 1_000, 1_001, 60_000]) {
      series.observe(ms);
      own.observe(labels, ms / 1_000);
    }
  }
  const [text, expected] = [await ours.metrics(), await theirs.metrics()];
  expect(text).toContain('# TYPE x_seconds histogram\n');
  expect(samplesOf(text)).toEqual(samplesOf(expected));
});
