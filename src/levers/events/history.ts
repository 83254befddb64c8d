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
  readonly #most: number;
  #kept: PublicEvent[] = [];
  #end = 0;
  /** Events before this position are forgotten: only readers that were following already still get them. */
  #forgotten = 0;
  readonly #waiting = new Set<() => void>();

  /** @param most how many events are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** The position of the oldest event that a new reader can get. */
  get begin(): number {
    return Math.max(this.#forgotten, this.#first);
  }

  /** The position after the newest event. */
  get end(): number {
    return this.#end;
  }

  /** Forgets all events so far for new readers. A reader at an earlier position still gets what led to this. */
  forget(): void {
    this.#forgotten = this.#end;
  }

  /** Notes that this history itself missed so many events. Readers have missed these, and all before them. */
  skip(events: number): void {
    this.#end += events;
    this.#kept = [];
    this.#wakeAll();
  }

  onEvent(event: OtpEvent): void {
    if (!isPublic(event)) return;
    this.#kept.push(event);
    if (this.#kept.length > this.#most) this.#kept.shift();
    this.#end++;
    this.#wakeAll();
  }

  /** The position after the event with this id; undefined if that is forgotten, no longer kept, or never was. */
  positionAfter(id: string): number | undefined {
    const index = this.#kept.findLastIndex((event) => event.id === id);
    const position = this.#first + index;
    return index < 0 || position < this.#forgotten ? undefined : position + 1;
  }

  /** At most `limit` events from a position on, or from the oldest kept if that is gone. */
  read(position: number, limit: number): Page {
    const index = Math.max(0, position - this.#first);
    const first = this.#first + index;
    const events = this.#kept.slice(index, index + limit);
    return { missed: first - position, events, next: first + events.length };
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

  /** The position of the oldest event kept. */
  get #first(): number {
    return this.#end - this.#kept.length;
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake();
  }
}
