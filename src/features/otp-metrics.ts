import { Counter, Histogram, type Registry } from 'prom-client';
import type { Subscriber } from '../kernel/event-bus.ts';
import type { OtpEvent } from '../otp/events.ts';

/** From a lag that the ticker explains, a second at most, to one that somebody should look into. Seconds. */
const LAG_BUCKETS = [0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60];

/** From a tick with nothing to do to one with a million codes. Seconds. */
const TICK_BUCKETS = [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/**
 * Counts what the service announces. Every series is there from the start, at 0: a rate over a series that only
 * appears with its first event would miss that event.
 */
export function otpMetrics(registry: Registry): Subscriber<OtpEvent> {
  const registers = [registry];
  const count = (name: string, help: string) => new Counter({ name, help, registers });
  const requested = count('otp_requested_total', 'Codes made.');
  const replaced = count('otp_replaced_total', 'Live codes that a newer one replaced.');
  const cancelled = count('otp_cancelled_total', 'Live codes that were cancelled.');
  const expired = count('otp_expired_total', 'Codes whose time ran out.');
  const locked = count('otp_locked_total', 'Locks, each after too many wrong codes in a row.');
  const verifications = new Counter({
    name: 'otp_verifications_total',
    help: 'Guesses at codes by their true result, also where strict mode tells the caller less.',
    labelNames: ['result'],
    registers,
  });
  const result = (name: string) => {
    const child = verifications.labels(name);
    child.inc(0);
    return child;
  };
  const verified = result('verified');
  const rejected = {
    wrong: result('wrong'),
    expired: result('expired'),
    none: result('none'),
    locked: result('locked'),
  };
  const lag = new Histogram({
    name: 'otp_expiry_lag_seconds',
    help: 'Service time from the end of a code to its announcement: from its deadline, or from the move of the clock that passed it.',
    buckets: LAG_BUCKETS,
    registers,
  });
  const tick = new Histogram({
    name: 'otp_wheel_tick_duration_seconds',
    help: 'Real time that a tick takes to expire all that is due, with requests served meanwhile.',
    buckets: TICK_BUCKETS,
    registers,
  });

  /** When service time was last moved, in service time. */
  let movedAt = Number.NEGATIVE_INFINITY;

  return (event) => {
    switch (event.type) {
      case 'otp.requested':
        return requested.inc();
      case 'otp.verified':
        return verified.inc();
      case 'otp.rejected':
        return rejected[event.reason].inc();
      case 'otp.locked':
        return locked.inc();
      case 'otp.replaced':
        return replaced.inc();
      case 'otp.cancelled':
        return cancelled.inc();
      case 'otp.expired':
        expired.inc();
        return lag.observe(Math.max(0, event.time - Math.max(event.expiresAt, movedAt)) / 1_000);
      case 'wheel.ticked':
        return tick.observe(event.durationMs / 1_000);
      case 'mock.clock':
        movedAt = event.now;
    }
  };
}
