import { Counter, Gauge, type Registry } from 'prom-client';
import { version } from '../../package.json';
import type { CoreSettings } from '../core/settings.ts';
import type { Store } from '../core/store.ts';
import type { Log } from '../log/log.ts';

export interface ServiceParts {
  readonly config: Pick<CoreSettings, 'OTP_MODE'>;
  readonly store: Store;
  readonly log: Log;
  /** Whether the service takes requests now; never rejects. */
  readonly ready: () => Promise<boolean>;
}

/** What the service is and how it stands, looked up whenever somebody reads the metrics. */
export function serviceMetrics(registry: Registry, { config, store, log, ready }: ServiceParts): void {
  const registers = [registry];
  const build = new Gauge({
    name: 'otp_build_info',
    help: 'Always 1; its labels tell what runs.',
    labelNames: ['version', 'mode', 'bun'],
    registers,
  });
  build.set({ version, mode: config.OTP_MODE, bun: Bun.version }, 1);

  new Gauge({
    name: 'otp_ready',
    help: 'Whether the service takes requests: 1, or 0 while it starts or stops or its store does not answer.',
    registers,
    async collect() {
      this.set((await ready()) ? 1 : 0);
    },
  });

  new Gauge({
    name: 'otp_live',
    help: 'Codes that can be verified now, of all replicas that share the store; absent while it does not tell.',
    registers,
    async collect() {
      try {
        this.set(await store.live());
      } catch {
        // No number is better than the one from before. That the store failed is counted where it is measured.
        this.remove();
      }
    },
  });

  new Counter({
    name: 'otp_log_lines_dropped_total',
    help: 'Lines of the log that were dropped because nobody read it fast enough.',
    registers,
    collect() {
      this.reset();
      this.inc(log.dropped);
    },
  });
}
