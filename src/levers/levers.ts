import type { EventBus } from '../core/event-bus.ts';
import type { Announce, OtpEvent } from '../core/events.ts';
import type { Expiry } from '../core/expiry.ts';
import { randomCodes } from '../core/otp-service.ts';
import type { Store } from '../core/store.ts';
import type { WheelView } from '../core/wheel.ts';
import { ClockLever } from './clock/clock-lever.ts';
import type { MovableClock } from './clock/movable-clock.ts';
import { takeMove } from './clock/move.ts';
import { type FixedCode, FixedCodes } from './codes/fixed-codes.ts';
import { SeededCodes } from './codes/seeded-codes.ts';
import { EventHistory } from './events/history.ts';
import type {} from './facts.ts';
import { type Fault, type FaultLever, Faults } from './faults/faults.ts';
import { type Filter, Inbox } from './inbox/inbox.ts';
import { Reset } from './reset/reset.ts';
import type { LeverSettings } from './settings.ts';

/** How many events are kept for readers of the stream that come back or are slow. */
export const KEPT_EVENTS = 4_096;

/** What a test moves the service with, and sees of it. What is read is this process's; what is set may be others', too. */
export interface Levers {
  readonly inbox: Inbox;
  readonly history: EventHistory;
  readonly clock: ClockLever;
  readonly codes: FixedCodes;
  readonly faults: FaultLever;
  readonly reset: Reset;
  setCodes(list: readonly FixedCode[]): Promise<void> | void;
  setFaults(list: readonly Fault[]): Promise<void> | void;
  /** Drops messages of the inbox. @returns how many */
  clearInbox(filter: Filter): Promise<number> | number;
  /** The timing wheel as it stands; undefined where the store has none in this process. */
  readonly wheel: (() => WheelView) | undefined;
  /** What keeps this replica in step with the others; absent where there are none. */
  readonly replicas?: InStep;
}

/** How a replica keeps in step with others that share its store. */
export interface InStep {
  /** Resolves when this replica knows all that any has told before the call. Rejects if the store does not answer. */
  catchUp(): Promise<void>;
  /** Resolves when all replicas can know what this one has told so far. Rejects if they may not. */
  told(): Promise<void>;
  /** Keeps up with the others until `signal` aborts. */
  follow(signal: AbortSignal): Promise<void>;
}

export interface LeverParts {
  readonly config: LeverSettings;
  readonly clock: MovableClock;
  /** What is on its way to users. */
  readonly delivery: { forget(user?: string): Promise<void> };
  readonly store: Store;
  /** The timing wheel of that store as it stands, if it has one. */
  readonly wheel: (() => WheelView) | undefined;
  readonly bus: EventBus<OtpEvent>;
  readonly announce: Announce;
  readonly expiry: Expiry;
}

/** Builds the test levers, has them listen to events, and registers what each must forget. */
export function createLevers({
  config,
  clock,
  store,
  delivery,
  wheel,
  bus,
  announce,
  expiry,
}: LeverParts): Levers {
  const inbox = new Inbox(clock);
  const history = new EventHistory(KEPT_EVENTS);
  bus.subscribe((event) => inbox.hear(event));
  bus.subscribe((event) => history.hear(event));

  const seeded = config.OTP_SEED === '' ? undefined : new SeededCodes(config.OTP_SEED, config.OTP_LENGTH);
  const codes = new FixedCodes(seeded ?? randomCodes(config.OTP_LENGTH));
  if (seeded) bus.subscribe((event) => seeded.hear(event));
  const faults = new Faults();

  const reset = new Reset(expiry, announce);
  // The clock first: the wheel of an emptied store begins at the time that it then is.
  reset.register({ all: () => clock.reset() });
  reset.register({ all: () => store.forget(), ofUser: (user) => store.forget(user) });
  reset.register({ all: () => delivery.forget(), ofUser: (user) => delivery.forget(user) });
  reset.register({ all: () => inbox.clear(), ofUser: (user) => inbox.clear({ user }) });
  reset.register({ all: () => faults.clear() });
  reset.register({ all: () => codes.clear() });
  reset.register({ all: () => history.forget() });
  if (seeded) reset.register({ all: () => seeded.forget(), ofUser: (user) => seeded.forget(user) });

  const forgetCodes = async () => {
    inbox.cancelAll();
    await Promise.all([delivery.forget(), store.forget()]);
  };
  return {
    inbox,
    history,
    clock: new ClockLever({ clock, expiry, announce, forgetCodes, take: (move) => takeMove(clock, move) }),
    codes,
    faults,
    reset,
    setCodes(list) {
      codes.list = list;
    },
    setFaults(list) {
      faults.list = list;
    },
    clearInbox: (filter) => inbox.clear(filter),
    wheel,
  };
}
