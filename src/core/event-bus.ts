/** Receives events. If it has slow work to do, it starts that and returns, or returns its promise. */
export type Subscriber<E> = (event: E) => Promise<void> | void;

/**
 * The broker: it passes every event to every subscriber, in one order that is the same for all.
 *
 * Events are facts that have happened, so a subscriber cannot veto one. A subscriber that throws is reported, and neither
 * the publisher nor the other subscribers notice. An event that a subscriber publishes comes after the current one.
 */
export class EventBus<E> {
  readonly #subscribers: Subscriber<E>[] = [];
  readonly #queue: (() => readonly E[])[] = [];
  readonly #onError: (error: unknown) => void;
  #publishing = false;

  /** @param onError told what a subscriber throws or rejects with; must not throw */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  subscribe(subscriber: Subscriber<E>): void {
    this.#subscribers.push(subscriber);
  }

  /** Passes the event on before it returns, unless a subscriber is the caller. Never throws. */
  publish(event: E): void {
    this.#queue.push(() => [event]);
    this.flush();
  }

  /** Makes events and passes them on once `wait` has resolved, or before the next event, or at a flush. */
  publishLater(events: () => readonly E[], wait: () => Promise<void>): void {
    if (this.#queue.push(events) === 1) wait().then(() => this.flush());
  }

  /** Passes on what waits. Never throws. */
  flush(): void {
    if (this.#publishing) return;
    this.#publishing = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift())
        for (const event of next()) this.#pass(event);
    } finally {
      this.#publishing = false;
    }
  }

  #pass(event: E): void {
    for (const subscriber of this.#subscribers) {
      try {
        const done = subscriber(event);
        if (done instanceof Promise) done.catch(this.#onError);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
