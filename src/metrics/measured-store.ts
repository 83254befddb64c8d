import type { Clock } from '../core/clock.ts';
import type { Store } from '../core/store.ts';
import { DurationHistogram } from './duration-histogram.ts';
import { Counter, type Registry } from './prom-client.ts';

/** From an operation in memory to a server that is about to time out. Seconds. */
const BUCKETS = [0.00001, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/**
 * A store that measures another: how long each operation takes, and how often it fails. It returns the other store's own
 * promises, so that answers arrive no later and in the same order.
 */
export function measuredStore(store: Store, clock: Clock, registry: Registry): Store {
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

  function measured<A extends unknown[], T>(operation: keyof Store, call: (...args: A) => Promise<T>) {
    const duration = durations.series({ operation });
    errors.inc({ operation }, 0);
    return (...args: A): Promise<T> => {
      const started = clock.monotonic();
      const answer = call(...args);
      const took = () => duration.observe(clock.monotonic() - started);
      // The memory store has answered when it returns: there is nothing to wait for.
      if (Bun.peek.status(answer) === 'fulfilled') took();
      else
        answer.then(took, () => {
          errors.inc({ operation });
          took();
        });
      return answer;
    };
  }

  return {
    request: measured('request', (wanted) => store.request(wanted)),
    verify: measured('verify', (key, guess, exempt) => store.verify(key, guess, exempt)),
    cancel: measured('cancel', (key) => store.cancel(key)),
    expireNow: measured('expireNow', (key) => store.expireNow(key)),
    forget: measured('forget', (user) => store.forget(user)),
    expire: measured('expire', (limit) => store.expire(limit)),
    live: measured('live', () => store.live()),
    ready: measured('ready', () => store.ready()),
  };
}
