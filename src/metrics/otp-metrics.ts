import type { Subscriber } from '../core/event-bus.ts';
import type { OtpEvent } from '../core/events.ts';
import { Counter, Histogram, type Registry } from './prom-client.ts';

/** From the lag of a tick, a second at most, to one that needs an operator. Seconds. */
const LAG_BUCKETS = [0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60];

/** From an idle tick to one that expires a million codes. Seconds. */
const TICK_BUCKETS = [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/**
 * Counts events, in plain numbers that prom-client reads when the metrics are scraped. Every series exists from the
 * start, at 0: a rate over a series that appears with its first event would miss that event.
 */
export function otpMetrics(registry: Registry): Subscriber<OtpEvent> {
  const registers = [registry];
  const counts = new Map<OtpEvent['type'], number>();
  const results = { verified: 0, wrong: 0, expired: 0, none: 0, locked: 0 };
  const counter = (name: string, type: OtpEvent['type'], help: string) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(counts.get(type) ?? 0);
      },
    });
  counter('otp_requested_total', 'otp.requested', 'Codes issued.');
  counter('otp_replaced_total', 'otp.replaced', 'Live codes that a newer one replaced.');
  counter('otp_cancelled_total', 'otp.cancelled', 'Live codes that were cancelled.');
  counter('otp_expired_total', 'otp.expired', 'Codes that expired.');
  counter('otp_locked_total', 'otp.locked', 'Lockouts after too many wrong codes in a row.');
  new Counter({
    name: 'otp_verifications_total',
    help: 'Verifications by their true result, even where strict mode hides it from the caller.',
    labelNames: ['result'],
    registers,
    collect() {
      this.reset();
      for (const [result, count] of Object.entries(results)) this.inc({ result }, count);
    },
  });
  const lag = new Histogram({
    name: 'otp_expiry_lag_seconds',
    help: 'Service time from the deadline of a code, or from the clock move that passed it, to its otp.expired event.',
    buckets: LAG_BUCKETS,
    registers,
  });
  const tick = new Histogram({
    name: 'otp_wheel_tick_duration_seconds',
    help: 'Real time that a tick takes to expire all due codes, including requests served in between.',
    buckets: TICK_BUCKETS,
    registers,
  });

  /** Service time at the last clock move. */
  let movedAt = Number.NEGATIVE_INFINITY;

  return (event) => {
    counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
    if (event.type === 'otp.verified') results.verified++;
    if (event.type === 'otp.rejected') results[event.reason]++;
    if (event.type === 'otp.expired')
      lag.observe(Math.max(0, event.time - Math.max(event.expiresAt, movedAt)) / 1_000);
    if (event.type === 'wheel.ticked') tick.observe(event.durationMs / 1_000);
    if (event.type === 'mock.clock') movedAt = event.now;
  };
}
