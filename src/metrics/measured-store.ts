import type { Clock } from '../core/clock.ts';
import type { Expired, Issued, Judged, NewCode, Otp, OtpKey, Refused, Store } from '../core/store.ts';

/** Everything that a store is asked to do. */
export const OPERATIONS = [
  'request',
  'verify',
  'cancel',
  'expireNow',
  'forget',
  'expire',
  'live',
  'ready',
] as const satisfies readonly (keyof Store)[];

/** One of these. */
export type Operation = (typeof OPERATIONS)[number];

/** Told of each operation when it is over. Must not throw. */
export interface StoreMeter {
  /** @param ms real time that it took, whether it failed or not */
  took(operation: Operation, ms: number): void;
  failed(operation: Operation): void;
}

/**
 * A store that measures another. It hands on the very promises that it gets, so an answer reaches its caller no
 * later than without it, and in the same order.
 */
export class MeasuredStore implements Store {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #meter: StoreMeter;

  constructor(store: Store, clock: Clock, meter: StoreMeter) {
    this.#store = store;
    this.#clock = clock;
    this.#meter = meter;
  }

  request(wanted: NewCode): Promise<Issued | Refused> {
    return this.#measure('request', this.#clock.monotonic(), this.#store.request(wanted));
  }

  verify(key: OtpKey, guess: string, exempt?: boolean): Promise<Judged> {
    return this.#measure('verify', this.#clock.monotonic(), this.#store.verify(key, guess, exempt));
  }

  cancel(key: OtpKey): Promise<Otp | undefined> {
    return this.#measure('cancel', this.#clock.monotonic(), this.#store.cancel(key));
  }

  expireNow(key: OtpKey): Promise<Otp | undefined> {
    return this.#measure('expireNow', this.#clock.monotonic(), this.#store.expireNow(key));
  }

  forget(user?: string): Promise<void> {
    return this.#measure('forget', this.#clock.monotonic(), this.#store.forget(user));
  }

  expire(limit: number): Promise<Expired> {
    return this.#measure('expire', this.#clock.monotonic(), this.#store.expire(limit));
  }

  live(): Promise<number> {
    return this.#measure('live', this.#clock.monotonic(), this.#store.live());
  }

  ready(): Promise<boolean> {
    return this.#measure('ready', this.#clock.monotonic(), this.#store.ready());
  }

  /** @param started read before the store was called, which does its work at once if it is in memory */
  #measure<T>(operation: Operation, started: number, answer: Promise<T>): Promise<T> {
    // A store in memory has answered when it returns: then there is nothing to wait for.
    if (Bun.peek.status(answer) === 'fulfilled') this.#took(operation, started);
    else
      answer.then(
        () => this.#took(operation, started),
        () => this.#failed(operation, started),
      );
    return answer;
  }

  #took(operation: Operation, started: number): void {
    this.#meter.took(operation, this.#clock.monotonic() - started);
  }

  #failed(operation: Operation, started: number): void {
    this.#meter.failed(operation);
    this.#took(operation, started);
  }
}
