import { version } from '../../package.json';
import type { CoreSettings } from '../core/settings.ts';
import type { Store } from '../core/store.ts';
import type { Log } from '../log/log.ts';
import { Counter, Gauge, type Registry } from './prom-client.ts';

export interface ServiceParts {
  readonly config: Pick<CoreSettings, 'OTP_MODE'>;
  readonly store: Store;
  readonly log: Log;
  /** Whether the service takes requests now. Never rejects. */
  readonly ready: () => Promise<boolean>;
  /** How far this machine's clock is ahead of a shared store's, in milliseconds. */
  readonly skewMs?: () => number;
  /** The shards of a shared store that did not take every step when `ready` last looked. */
  readonly shardsUnavailable?: () => readonly number[];
}

/** The version and the state of the service, read when the metrics are scraped. */
export function serviceMetrics(
  registry: Registry,
  { config, store, log, ready, skewMs, shardsUnavailable }: ServiceParts,
): void {
  const registers = [registry];
  const build = new Gauge({
    name: 'otp_build_info',
    help: 'Always 1; its labels say what runs.',
    labelNames: ['version', 'mode', 'bun'],
    registers,
  });
  build.set({ version, mode: config.OTP_MODE, bun: Bun.version }, 1);

  new Gauge({
    name: 'otp_ready',
    help: '1 if the service takes requests; 0 while it starts or stops, or while its store does not answer.',
    registers,
    async collect() {
      this.set((await ready()) ? 1 : 0);
    },
  });

  new Gauge({
    name: 'otp_live',
    help: 'Live codes of all replicas that share the store; absent while the store does not answer.',
    registers,
    async collect() {
      try {
        this.set(await store.live());
      } catch {
        // No number is better than an old one. measuredStore counts the failure.
        this.remove();
      }
    },
  });

  if (skewMs !== undefined)
    new Gauge({
      name: 'otp_store_clock_skew_seconds',
      help: "How far this machine's clock is ahead of the shared store's, which decides; negative if it is behind.",
      registers,
      collect() {
        this.set(skewMs() / 1_000);
      },
    });

  if (shardsUnavailable !== undefined)
    new Gauge({
      name: 'otp_store_shards_unavailable',
      help: 'Shards of the shared store that do not take every step; their users get 503.',
      registers,
      async collect() {
        await ready();
        this.set(shardsUnavailable().length);
      },
    });

  new Counter({
    name: 'otp_log_lines_dropped_total',
    help: 'Log lines that were dropped: their reader was too slow or gone, or the disk full.',
    registers,
    collect() {
      this.reset();
      this.inc(log.dropped);
    },
  });
}
