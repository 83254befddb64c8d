import { Histogram, type HistogramConfiguration } from 'prom-client';

/** One series of a histogram: the durations with the same labels. */
class Series<L extends string> {
  readonly counts: number[];
  sum = 0;

  constructor(
    readonly labels: Readonly<Record<L, string>>,
    readonly buckets: readonly number[],
  ) {
    this.counts = Array(buckets.length + 1).fill(0);
  }

  observe(ms: number): void {
    const seconds = ms / 1_000;
    let index = 0;
    while (index < this.buckets.length && seconds > (this.buckets[index] ?? 0)) index++;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sum += seconds;
  }
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
  series(labels: Record<L, string>): Pick<Series<L>, 'observe'> {
    const series = new Series(labels, this.#config.buckets);
    this.#series.push(series);
    return series;
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
