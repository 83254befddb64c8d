import type { HistogramConfiguration } from 'prom-client';
import { Histogram } from './prom-client.ts';

/** One series of a histogram: the durations with the same labels, by bucket and in all. */
interface Series<L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  readonly counts: number[];
  sum: number;
}

type Config<L extends string> = HistogramConfiguration<L> & { buckets: number[] };

/**
 * A histogram that is cheap to observe, for hot paths. A series is created once, and an observation takes about 10 ns:
 * prom-client's own histogram looks a series up by its labels each time, which takes about 400 ns. The rest of the work
 * waits until the metrics are read.
 */
export class DurationHistogram<L extends string> extends Histogram<L> {
  readonly #config: Config<L>;
  readonly #series: Series<L>[] = [];

  constructor(config: Config<L>) {
    super(config);
    this.#config = config;
  }

  /** Creates the series with these labels, once only. It appears from now on, and observes milliseconds. */
  series(labels: Record<L, string>): { observe(ms: number): void } {
    const { buckets } = this.#config;
    const counts: number[] = Array(buckets.length + 1).fill(0);
    const series = { labels, counts, sum: 0 };
    this.#series.push(series);
    return {
      observe(ms) {
        const seconds = ms / 1_000;
        let index = 0;
        while (seconds > (buckets[index] ?? Number.POSITIVE_INFINITY)) index++;
        counts[index] = (counts[index] ?? 0) + 1;
        series.sum += seconds;
      },
    };
  }

  /** What the registry renders. */
  getForPromString() {
    const { name, help, buckets: limits } = this.#config;
    const values = this.#series.flatMap(({ labels: sharedLabels, counts, sum }) => {
      let count = 0;
      const buckets = counts.map((more, index) => {
        count += more;
        const le = limits[index] ?? '+Inf';
        return { metricName: `${name}_bucket`, labels: { le }, sharedLabels, value: count };
      });
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels: {}, sharedLabels, value: sum },
        { metricName: `${name}_count`, labels: {}, sharedLabels, value: count },
      ];
    });
    return Promise.resolve({ name, help, type: 'histogram', values });
  }
}
