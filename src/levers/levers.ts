import type { EventBus } from '../core/event-bus.ts';
import type { Announce, Cause, OtpEvent } from '../core/events.ts';
import type { Expiry } from '../core/expiry.ts';
import { randomCodes } from '../core/otp-service.ts';
import type { Store } from '../core/store.ts';
import type { WheelView } from '../core/wheel.ts';
import type { MovableClock } from './clock/movable-clock.ts';
import { clockMover } from './clock/move-clock.ts';
import { type FixedCode, fixedCodes } from './codes/fixed-codes.ts';
import { seededCodes } from './codes/seeded-codes.ts';
import { EventHistory } from './events/history.ts';
import type {} from './facts.ts';
import { Faults } from './faults/faults.ts';
import { Inbox } from './inbox/inbox.ts';
import { type Forgettable, resetter } from './reset/reset.ts';
import type { LeverSettings } from './settings.ts';
import { Replica, type SharedParts } from './shared/replica.ts';
import { type LeverState, LocalState } from './state.ts';

/** How many events are kept for readers of the stream that reconnect or are slow. */
const KEPT_EVENTS = 4_096;

export interface LeverParts {
  readonly config: LeverSettings;
  readonly clock: MovableClock;
  /** Messages on their way to users. */
  readonly delivery: Forgettable;
  readonly store: Store;
  /** The timing wheel of that store as it stands, if it has one. */
  readonly wheel: (() => WheelView) | undefined;
  readonly bus: EventBus<OtpEvent>;
  readonly announce: Announce;
  readonly expiry: Expiry;
  /** Absent if this process shares its store with no other. */
  readonly shared?: SharedParts | undefined;
}

/** What a test moves the service with, and sees of it. */
export type Levers = ReturnType<typeof createLevers>;

/** Builds the test levers, subscribes them to events, and lists what a reset makes forget. */
export function createLevers(parts: LeverParts) {
  const { config, clock, store, delivery, wheel, bus, announce, expiry, shared } = parts;
  const inbox = new Inbox(clock);
  const history = new EventHistory(KEPT_EVENTS);
  const local = { clock, delivery, inbox, history };
  const replica = shared && new Replica({ ...shared, ...local });
  const state: LeverState = replica ?? new LocalState(local);
  bus.subscribe((event) => state.onEvent(event));

  const { OTP_SEED: seed, OTP_LENGTH: length } = config;
  const drawOther = seed === '' ? randomCodes(length).draw : seededCodes(seed, length, state.countCodes());
  const fixed = state.list<FixedCode>('codes');

  return {
    inbox,
    history,
    clock,
    moveClock: clockMover(parts, state),
    fixedCodes: fixed,
    /** Draws the codes of the service. */
    codes: fixedCodes(fixed, drawOther),
    faults: new Faults(state.list('faults')),
    // First the state, with its clock: the wheel of an emptied store starts at the current time.
    reset: resetter(expiry, announce, [state, store, delivery]),
    /** Deletes all messages, or those of one user. @returns how many */
    emptyInbox: (user: string | undefined, cause: Cause) => {
      const dropped = state.clearInbox({ user });
      // No await before this: a code that is requested from now on is announced after it.
      announce({ type: 'mock.inbox_emptied', ...(user !== undefined && { user }), ...cause });
      return dropped;
    },
    wheel,
    bus,
    announce,
    /** Opens a list that holds over replicas and that a reset empties. */
    list: <T>(name: string) => state.list<T>(name),
    /** Keeps this process in step with the others; undefined if the store is not shared. */
    replica,
  };
}
