import type { OtpEvent } from '../core/events.ts';
import type { ClockState, MovableClock, Move } from './clock/movable-clock.ts';
import { type CodeCounter, LocalCounter } from './codes/seeded-codes.ts';
import type { EventHistory } from './events/history.ts';
import type { Filter, Inbox } from './inbox/inbox.ts';
import { type List, LocalList } from './list/list.ts';
import type { Forgettable } from './reset/reset.ts';

/**
 * Where the levers keep what tests set, and how events reach the inbox and the history. It is this process's own
 * memory, or a store that replicas share: then a change holds for all replicas once it resolves.
 *
 * What needs no other process is done at the call, before the promise resolves.
 */
export interface LeverState {
  /** Opens a list. */
  list<T>(name: string): List<T>;
  /** Begins to count issued codes. A refused request counts for nothing. */
  countCodes(): CodeCounter;
  /** Moves service time. @returns the clock as this move leaves it; undefined, and moves nothing, if it can't go there */
  move(move: Move): Promise<ClockState | undefined>;
  /** Passes an event on to the inbox, the history and the counter. */
  onEvent(event: OtpEvent): void;
  /** Drops messages. @returns how many */
  clearInbox(filter: Filter): Promise<number>;
  /** Cancels all pending messages: their codes are forgotten. */
  cancelMessages(): Promise<void>;
  /** Forgets all that is kept here, and moves service time back to real time; or forgets what belongs to one user. */
  forget(user?: string): Promise<void>;
  /**
   * Begins to count the codes that other replicas expire.
   *
   * @returns a function that resolves to their number, once all that they expired is announced here
   */
  countElsewhere(): () => Promise<number>;
}

/** What each process has of its own. */
export interface LocalParts {
  readonly clock: MovableClock;
  readonly delivery: Forgettable;
  readonly inbox: Inbox;
  readonly history: EventHistory;
}

/** The state of a process that shares its store with no other. */
export class LocalState implements LeverState {
  readonly #parts: LocalParts;
  readonly #lists: LocalList<unknown>[] = [];
  #counter: LocalCounter | undefined;

  constructor(parts: LocalParts) {
    this.#parts = parts;
  }

  list<T>(): List<T> {
    const list = new LocalList<T>();
    this.#lists.push(list);
    return list;
  }

  countCodes(): CodeCounter {
    this.#counter = new LocalCounter();
    return this.#counter;
  }

  async move(move: Move): Promise<ClockState | undefined> {
    return this.#parts.clock.move(move);
  }

  onEvent(event: OtpEvent): void {
    this.#parts.inbox.onEvent(event);
    this.#parts.history.onEvent(event);
    if (event.type === 'otp.requested') this.#counter?.count(event);
  }

  async clearInbox(filter: Filter): Promise<number> {
    return this.#parts.inbox.clear(filter);
  }

  async cancelMessages(): Promise<void> {
    this.#parts.inbox.cancelAll();
  }

  async forget(user?: string): Promise<void> {
    this.#parts.inbox.clear({ user });
    this.#counter?.forget(user);
    if (user !== undefined) return;
    this.#parts.clock.move({ reset: true });
    this.#parts.history.forget();
    for (const list of this.#lists) list.set([]);
  }

  countElsewhere() {
    return async () => 0;
  }
}
