import type { EventBus } from '../kernel/event-bus.ts';
import type { MovableClock } from '../kernel/movable-clock.ts';
import type { Config } from '../kernel/settings.ts';
import type { WheelView } from '../kernel/timing-wheel.ts';
import { randomCodes } from '../otp/code-source.ts';
import type { Announce, OtpEvent } from '../otp/events.ts';
import type { Expiry } from '../otp/expiry.ts';
import type { Store } from '../store/store.ts';
import { ClockLever } from './clock-lever.ts';
import { EventHistory } from './event-history.ts';
import { Faults } from './faults.ts';
import { FixedCodes } from './fixed-codes.ts';
import { Inbox } from './inbox.ts';
import { Reset } from './reset.ts';
import { SeededCodes } from './seeded-codes.ts';

/** How many events are kept for readers of the stream that come back or are slow. */
const KEPT_EVENTS = 4_096;

/** What a test moves the service with, and sees of it. */
export interface Levers {
  readonly inbox: Inbox;
  readonly history: EventHistory;
  readonly clock: ClockLever;
  readonly codes: FixedCodes;
  readonly faults: Faults;
  readonly reset: Reset;
  /** The timing wheel as it stands. */
  wheel(): WheelView;
}

export interface LeverParts {
  readonly config: Config;
  readonly clock: MovableClock;
  /** What is on its way to users. */
  readonly delivery: { forget(user?: string): Promise<void> };
  readonly store: Store;
  /** The timing wheel of that store as it stands. */
  readonly wheel: () => WheelView;
  readonly bus: EventBus<OtpEvent>;
  readonly announce: Announce;
  readonly expiry: Expiry;
  /** Names this run of the service. */
  readonly run: string;
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
  run,
}: LeverParts): Levers {
  const inbox = new Inbox(clock, run);
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
    clock: new ClockLever({ clock, expiry, announce, forgetCodes }),
    codes,
    faults,
    reset,
    wheel,
  };
}
