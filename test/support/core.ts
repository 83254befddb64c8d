import { EventBus } from '../../src/core/event-bus.ts';
import { announcer, type Cause, type OtpEvent } from '../../src/core/events.ts';
import { Expiry } from '../../src/core/expiry.ts';
import { idSource } from '../../src/core/ids.ts';
import { MemoryStore } from '../../src/core/memory-store.ts';
import { type OtpRequest, OtpService } from '../../src/core/otp-service.ts';
import type { Store } from '../../src/core/store.ts';
import { ManualClock } from './manual-clock.ts';
import { UNLIMITED } from './policies.ts';

/**
 * Starts the core without HTTP: the OTP service and the expiry loop, over one memory store and a manual clock. Every
 * drawn code is 111111. The user `exempt` is exempt from limits.
 *
 * @param wrap puts another store in front of the memory store
 */
export function startCore(policy = UNLIMITED, wrap: (store: MemoryStore) => Store = (store) => store) {
  const clock = new ManualClock();
  const store = new MemoryStore(clock, policy, 'run');
  const events: OtpEvent[] = [];
  const errors: unknown[] = [];
  const bus = new EventBus<OtpEvent>((error) => errors.push(error));
  bus.subscribe((event) => {
    if (event.type !== 'wheel.ticked' || event.expired > 0) events.push(event);
  });
  const announce = announcer(bus, clock, idSource('run', 'e'));
  const ending = new AbortController();
  const onError = (error: unknown) => void errors.push(error);
  const parts = { store: wrap(store), clock, announce, onError, signal: ending.signal };
  const codes = { draw: async () => '111111', isExempt: (user: string) => user === 'exempt' };
  const otps = new OtpService(parts.store, codes, announce);
  const expiry = new Expiry(parts);
  const ended = expiry.run();
  return {
    clock,
    store,
    bus,
    /** Every event so far, except ticks in which no code expired. */
    events,
    /** What subscribers and the expiry loop failed with. */
    errors,
    otps,
    expiry,
    /** Requests a code. @throws Error if the request is refused */
    issue: async (wanted: OtpRequest, cause: Cause = {}) => {
      const answer = await otps.request(wanted, cause);
      if ('refused' in answer) throw new Error(`the request was refused: ${answer.refused}`);
      return answer;
    },
    /** The types of the events so far, without ticks. */
    types: () => events.map(({ type }) => type).filter((type) => type !== 'wheel.ticked'),
    /** Stops the expiry loop. Resolves once it has ended. */
    end: () => {
      ending.abort();
      return ended;
    },
  };
}
