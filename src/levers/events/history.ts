import type { OtpEvent } from '../../core/events.ts';

/** An event that readers of the stream get: all but `wheel.ticked`, which is for counting only. */
export type PublicEvent = Exclude<OtpEvent, { type: 'wheel.ticked' }>;

export function isPublic(event: OtpEvent): event is PublicEvent {
  return event.type !== 'wheel.ticked';
}

/** Events from a reader's position on. */
export interface Page {
  /** How many events between the position and the first of these are no longer kept. */
  readonly missed: number;
  readonly events: readonly PublicEvent[];
  /** The position after these events. */
  readonly next: number;
}

/**
 * The last events, for any number of readers, each at its own position.
 *
 * A position is the number of an event, counted from 0. The history keeps nothing for a reader. A slow one falls behind
 * until its next event is gone, and then learns how many it missed. So a reader costs no memory and delays no other.
 */
export class EventHistory {
  readonly #kept: number;
  /** A ring: event n is at index n modulo its length. */
  readonly #ring: (PublicEvent | undefined)[];
  #end = 0;
  /** The position after all forgotten events. */
  #forgotten = 0;
  readonly #waiting = new Set<() => void>();

  /** @param kept how many events are kept */
  constructor(kept: number) {
    this.#kept = kept;
    this.#ring = new Array(kept).fill(undefined);
  }

  /** The position of the oldest event kept. */
  get begin(): number {
    return Math.max(this.#forgotten, this.#end - this.#kept);
  }

  /** The position after the newest event. */
  get end(): number {
    return this.#end;
  }

  /** Forgets all events so far. Readers that have not read them have missed them. */
  forget(): void {
    this.#forgotten = this.#end;
    this.#ring.fill(undefined);
  }

  /** Notes that this history itself missed so many events. Readers have missed these, and all before them. */
  skip(events: number): void {
    this.#end += events;
    this.forget();
    this.#wakeAll();
  }

  onEvent(event: OtpEvent): void {
    if (!isPublic(event)) return;
    this.#ring[this.#end % this.#kept] = event;
    this.#end++;
    this.#wakeAll();
  }

  /** The position after the event with this id; undefined if that is no longer kept, or never was. */
  positionAfter(id: string): number | undefined {
    for (let number = this.#end - 1; number >= this.begin; number--)
      if (this.#at(number)?.id === id) return number + 1;
    return undefined;
  }

  /** At most `limit` events from a position on, or from the oldest kept if that is gone. */
  read(position: number, limit: number): Page {
    const first = Math.max(position, this.begin);
    const next = Math.min(first + limit, this.#end);
    const numbers = Array.from({ length: next - first }, (_, i) => first + i);
    const events = numbers.flatMap((number) => this.#at(number) ?? []);
    return { missed: first - position, events, next };
  }

  /** Waits until there is something to read at a position, or `signal` aborts. */
  grown(position: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || this.#end > position) return resolve();
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

  #at(number: number): PublicEvent | undefined {
    return this.#ring[number % this.#kept];
  }
}
