import type { OtpEvent } from '../core/events.ts';
import type { MovableClock } from './clock/movable-clock.ts';
import { type Move, takeMove } from './clock/move.ts';
import type { FixedCode } from './codes/fixed-codes.ts';
import { type CodeCounter, LocalCounter } from './codes/seeded-codes.ts';
import type { EventHistory } from './events/history.ts';
import { type FaultSetting, LocalFaults } from './faults/faults.ts';
import type { Filter, Inbox } from './inbox/inbox.ts';
import { LocalSetting, type Setting } from './setting.ts';

/**
 * Where the levers keep what tests set, and how events reach the inbox and the history. It is this process's own
 * memory, or a store that replicas share: then a change holds for all replicas once it resolves.
 *
 * What needs no other process is done at the call, before the promise resolves.
 */
export interface LeverState {
  readonly codes: Setting<FixedCode>;
  readonly faults: FaultSetting;
  readonly counter: CodeCounter;
  /** Moves service time. @returns false, and moves nothing, if service time can't go there */
  move(move: Move): Promise<boolean>;
  /** Passes an event on to the inbox and the history. */
  onEvent(event: OtpEvent): void;
  /** Drops messages. @returns how many */
  clearInbox(filter: Filter): Promise<number>;
  /** Cancels all pending messages: their codes are forgotten. */
  cancelMessages(): Promise<void>;
  /** Forgets all messages and events, or the messages of one user. */
  forget(user?: string): Promise<void>;
  /**
   * Begins to count the codes that other replicas expire.
   *
   * @returns a function that resolves to their number, once all that they expired is announced here
   */
  countElsewhere(): () => Promise<number>;
}

/** What one process keeps of events. */
export interface EventMemory {
  readonly inbox: Inbox;
  readonly history: EventHistory;
}

/** The state of a process that shares its store with no other. */
export class LocalState implements LeverState {
  readonly codes = new LocalSetting<FixedCode>();
  readonly faults = new LocalFaults();
  readonly counter = new LocalCounter();
  readonly #clock: MovableClock;
  readonly #memory: EventMemory;

  constructor(clock: MovableClock, memory: EventMemory) {
    this.#clock = clock;
    this.#memory = memory;
  }

  async move(move: Move): Promise<boolean> {
    return takeMove(this.#clock, move);
  }

  onEvent(event: OtpEvent): void {
    this.#memory.inbox.onEvent(event);
    this.#memory.history.onEvent(event);
  }

  async clearInbox(filter: Filter): Promise<number> {
    return this.#memory.inbox.clear(filter);
  }

  async cancelMessages(): Promise<void> {
    this.#memory.inbox.cancelAll();
  }

  async forget(user?: string): Promise<void> {
    this.#memory.inbox.clear({ user });
    if (user === undefined) this.#memory.history.forget();
  }

  countElsewhere() {
    return async () => 0;
  }
}
