import { EventBus } from '../../src/kernel/event-bus.ts';
import { announcer, type OtpEvent } from '../../src/otp/events.ts';
import { runExpiry } from '../../src/otp/expiry.ts';
import { OtpService } from '../../src/otp/otp-service.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { ManualClock } from './manual-clock.ts';

/** The core without HTTP: the service class and the expiry loop over a store, and every event they announce. */
export function otpRig(wrap: (store: MemoryStore) => Store = (store) => store) {
  const clock = new ManualClock();
  const store = new MemoryStore(clock, 'run');
  const events: OtpEvent[] = [];
  const errors: unknown[] = [];
  const bus = new EventBus<OtpEvent>((error) => errors.push(error));
  bus.subscribe((event) => void events.push(event));
  const announce = announcer(bus, clock, 'run');
  const ending = new AbortController();
  const parts = { store: wrap(store), clock, announce, onError: (error: unknown) => void errors.push(error) };
  const ended = runExpiry(parts, ending.signal);
  return {
    clock,
    store,
    bus,
    events,
    errors,
    otps: new OtpService(parts.store, () => '111111', announce),
    /** Types of the events so far, without the wheel's. */
    types: () => events.map(({ type }) => type).filter((type) => type !== 'wheel.ticked'),
    /** Stops the expiry loop, and waits for it. */
    end: () => {
      ending.abort();
      return ended;
    },
  };
}
