import type { OtpEvent } from '../../core/events.ts';

/** What an event looks like to those who read the stream. `wheel.ticked` is for counting only, and not among them. */
export type Told = Exclude<OtpEvent, { type: 'wheel.ticked' }>;

/** Events from a reader's place on, and the place behind them. */
export interface Passage {
  /** How many events between the place and the first of these are not kept any more. */
  readonly missed: number;
  readonly events: readonly Told[];
  readonly next: number;
}

/**
 * The last events, for any number of readers, each at its own place.
 *
 * A place is a number of an event, counted from 0. Nothing is kept for a reader: one that is slow falls
 * behind until the events that it has not read are gone, and then is told how many it missed. So a reader
 * costs no memory and holds nobody up, whatever it does.
 */
export class EventHistory {
  readonly #kept: number;
  /** A ring: the event with the number n stands at n modulo its length. */
  readonly #ring: (Told | undefined)[];
  #end = 0;
  /** The place behind all that was forgotten. */
  #forgotten = 0;
  readonly #waiting = new Set<() => void>();

  /** @param kept how many events are kept */
  constructor(kept: number) {
    this.#kept = kept;
    this.#ring = new Array(kept).fill(undefined);
  }

  /** The place of the oldest event that is kept. */
  get begin(): number {
    return Math.max(this.#forgotten, this.#end - this.#kept);
  }

  /** The place behind the newest event. */
  get end(): number {
    return this.#end;
  }

  /** How many readers wait for an event. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Forgets all events so far: for whoever has not read them they are missed. */
  forget(): void {
    this.#forgotten = this.#end;
    this.#ring.fill(undefined);
  }

  /** So many events have been missed, by this history itself: whoever reads on has missed them, and all before. */
  skip(events: number): void {
    this.#end += events;
    this.forget();
    this.#wakeAll();
  }

  hear(event: OtpEvent): void {
    if (event.type === 'wheel.ticked') return;
    this.#ring[this.#end % this.#kept] = event;
    this.#end++;
    this.#wakeAll();
  }

  /** The place behind the event with this id; undefined if it is not kept, or never was. */
  placeAfter(id: string): number | undefined {
    for (let number = this.#end - 1; number >= this.begin; number--)
      if (this.#at(number)?.id === id) return number + 1;
    return undefined;
  }

  /** At most `limit` events from a place on, or from the oldest kept if that is gone. */
  read(place: number, limit: number): Passage {
    const first = Math.max(place, this.begin);
    const next = Math.min(first + limit, this.#end);
    const numbers = Array.from({ length: next - first }, (_, i) => first + i);
    const events = numbers.flatMap((number) => this.#at(number) ?? []);
    return { missed: first - place, events, next };
  }

  /** Waits until there is something to read at a place, or `signal` aborts. */
  grown(place: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || this.#end > place) return resolve();
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake();
  }

  #at(number: number): Told | undefined {
    return this.#ring[number % this.#kept];
  }
}
