import type { EventBus } from '../core/event-bus.ts';
import type { Announce, OtpEvent } from '../core/events.ts';
import type { Expiry } from '../core/expiry.ts';
import { randomCodes } from '../core/otp-service.ts';
import type { Store } from '../core/store.ts';
import type { WheelView } from '../core/wheel.ts';
import { ClockLever } from './clock/clock-lever.ts';
import type { MovableClock } from './clock/movable-clock.ts';
import { FixedCodes } from './codes/fixed-codes.ts';
import { SeededCodes } from './codes/seeded-codes.ts';
import { EventHistory } from './events/history.ts';
import type {} from './facts.ts';
import { Faults } from './faults/faults.ts';
import { type Filter, Inbox } from './inbox/inbox.ts';
import { type Forgettable, Reset } from './reset/reset.ts';
import type { LeverSettings } from './settings.ts';
import { Replica, type SharedParts } from './shared/replica.ts';
import { LocalState } from './state.ts';

/** How many events are kept for readers of the stream that reconnect or are slow. */
const KEPT_EVENTS = 4_096;

/** What a test moves the service with, and sees of it. */
export interface Levers {
  readonly inbox: Inbox;
  readonly history: EventHistory;
  readonly clock: ClockLever;
  readonly codes: FixedCodes;
  readonly faults: Faults;
  readonly reset: Reset;
  /** Drops messages of the inbox. @returns how many */
  clearInbox(filter: Filter): Promise<number>;
  /** The timing wheel as it stands; undefined if the store has none in this process. */
  readonly wheel: (() => WheelView) | undefined;
  /** Keeps this replica in step with the others; undefined if the store is not shared. */
  readonly replica: Pick<Replica, 'catchUp' | 'flush' | 'follow'> | undefined;
}

export interface LeverParts {
  readonly config: LeverSettings;
  readonly clock: MovableClock;
  /** Messages on their way to users. */
  readonly delivery: { forget(user?: string): Promise<void> };
  readonly store: Store;
  /** The timing wheel of that store as it stands, if it has one. */
  readonly wheel: (() => WheelView) | undefined;
  readonly bus: EventBus<OtpEvent>;
  readonly announce: Announce;
  readonly expiry: Expiry;
  /** Absent if this process shares its store with no other. */
  readonly shared?: SharedParts | undefined;
}

/** Builds the test levers, subscribes them to events, and lists what a reset makes each of them forget. */
export function createLevers(parts: LeverParts): Levers {
  const { config, clock, store, delivery, wheel, bus, announce, expiry, shared } = parts;
  const inbox = new Inbox(clock);
  const history = new EventHistory(KEPT_EVENTS);
  const replica = shared && new Replica({ ...shared, clock, delivery, inbox, history });
  const state = replica ?? new LocalState(clock, { inbox, history });
  bus.subscribe((event) => state.onEvent(event));

  const { OTP_SEED: seed, OTP_LENGTH: length } = config;
  const seeded = seed === '' ? undefined : new SeededCodes(seed, length, state.counter);
  if (seeded) bus.subscribe((event) => seeded.onEvent(event));
  const codes = new FixedCodes(seeded ?? randomCodes(length), state.codes);
  const faults = new Faults(state.faults);

  const forgotten: Forgettable[] = [
    // First the clock: the wheel of an emptied store starts at the current time.
    { all: () => state.move({ reset: true }) },
    { all: () => store.forget(), ofUser: (user) => store.forget(user) },
    { all: () => delivery.forget(), ofUser: (user) => delivery.forget(user) },
    { all: () => state.forget(), ofUser: (user) => state.forget(user) },
    { all: () => codes.set([]) },
    { all: () => faults.set([]) },
  ];
  if (seeded) forgotten.push({ all: () => seeded.forget(), ofUser: (user) => seeded.forget(user) });

  const forgetCodes = () => Promise.all([state.cancelMessages(), delivery.forget(), store.forget()]);
  return {
    inbox,
    history,
    clock: new ClockLever({ clock, expiry, announce, state, forgetCodes }),
    codes,
    faults,
    reset: new Reset(expiry, announce, forgotten),
    clearInbox: (filter) => state.clearInbox(filter),
    wheel,
    replica,
  };
}
