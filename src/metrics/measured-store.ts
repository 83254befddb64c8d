import { Counter, type Registry } from 'prom-client';
import type { Clock } from '../core/clock.ts';
import type { Expired, Issued, Judged, NewCode, Otp, OtpKey, Refused, Store } from '../core/store.ts';
import { DurationHistogram } from './duration-histogram.ts';

/** Every operation of a store. */
const OPERATIONS = [
  'request',
  'verify',
  'cancel',
  'expireNow',
  'forget',
  'expire',
  'live',
  'ready',
] as const satisfies readonly (keyof Store)[];

type Operation = (typeof OPERATIONS)[number];

/** From an operation in memory to a server that is about to time out. Seconds. */
const BUCKETS = [0.00001, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/**
 * A store that measures another: how long each operation takes, and how often it fails. It returns the other store's own
 * promises, so that answers arrive no later and in the same order.
 */
export class MeasuredStore implements Store {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #durations: ReadonlyMap<Operation, { observe(ms: number): void }>;
  readonly #errors: Counter<'operation'>;

  constructor(store: Store, clock: Clock, registry: Registry) {
    this.#store = store;
    this.#clock = clock;
    const durations = new DurationHistogram({
      name: 'otp_store_duration_seconds',
      help: 'Real time until the store answers or fails.',
      labelNames: ['operation'],
      buckets: BUCKETS,
      registers: [registry],
    });
    this.#durations = new Map(OPERATIONS.map((operation) => [operation, durations.series({ operation })]));
    this.#errors = new Counter({
      name: 'otp_store_errors_total',
      help: 'Operations in which the store failed.',
      labelNames: ['operation'],
      registers: [registry],
    });
    for (const operation of OPERATIONS) this.#errors.inc({ operation }, 0);
  }

  request(wanted: NewCode): Promise<Issued | Refused> {
    return this.#measure('request', () => this.#store.request(wanted));
  }

  verify(key: OtpKey, guess: string, exempt?: boolean): Promise<Judged> {
    return this.#measure('verify', () => this.#store.verify(key, guess, exempt));
  }

  cancel(key: OtpKey): Promise<Otp | undefined> {
    return this.#measure('cancel', () => this.#store.cancel(key));
  }

  expireNow(key: OtpKey): Promise<Otp | undefined> {
    return this.#measure('expireNow', () => this.#store.expireNow(key));
  }

  forget(user?: string): Promise<void> {
    return this.#measure('forget', () => this.#store.forget(user));
  }

  expire(limit: number): Promise<Expired> {
    return this.#measure('expire', () => this.#store.expire(limit));
  }

  live(): Promise<number> {
    return this.#measure('live', () => this.#store.live());
  }

  ready(): Promise<boolean> {
    return this.#measure('ready', () => this.#store.ready());
  }

  #measure<T>(operation: Operation, call: () => Promise<T>): Promise<T> {
    const started = this.#clock.monotonic();
    const answer = call();
    const took = () => this.#durations.get(operation)?.observe(this.#clock.monotonic() - started);
    // The memory store has answered when it returns: there is nothing to wait for.
    if (Bun.peek.status(answer) === 'fulfilled') took();
    else
      answer.then(took, () => {
        this.#errors.inc({ operation });
        took();
      });
    return answer;
  }
}
