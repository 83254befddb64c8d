/**
 * The broker: tells every subscriber every event, in one order that is the same for all.
 *
 * Events are facts that have already happened. A subscriber cannot veto or change one, and one that throws
 * is reported and hurts nobody: neither the publisher, nor the others, nor the next event. What a
 * subscriber publishes itself comes after the event it is being told, for all.
 */
export class EventBus<E> {
  /** Replaced and never changed, so that an event goes to those who were there when its telling began. */
  #subscribers: readonly { readonly tell: Subscriber<E> }[] = [];
  readonly #queue: E[] = [];
  readonly #onError: (error: unknown) => void;
  #telling = false;

  /** @param onError told of whatever a subscriber throws or rejects with; must not throw */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Tells `subscriber` of each event from now on, until the returned function is called. */
  subscribe(subscriber: Subscriber<E>): () => void {
    const subscription = { tell: subscriber };
    this.#subscribers = [...this.#subscribers, subscription];
    return () => {
      this.#subscribers = this.#subscribers.filter((other) => other !== subscription);
    };
  }

  /** Tells everybody, before it returns unless a subscriber is what calls. Never throws. */
  publish(event: E): void {
    this.#queue.push(event);
    if (this.#telling) return;
    this.#telling = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#tell(next);
    this.#telling = false;
  }

  #tell(event: E): void {
    for (const { tell } of this.#subscribers) {
      try {
        const done = tell(event);
        if (done instanceof Promise) done.catch(this.#onError);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}

/** Hears events. One with slow work to do returns at once and does it later, or returns its promise. */
export type Subscriber<E> = (event: E) => Promise<void> | void;
