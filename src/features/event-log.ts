import type { Subscriber } from '../kernel/event-bus.ts';
import type { Log } from '../kernel/log.ts';
import type { OtpEvent } from '../otp/events.ts';

/** How many codes a line about many of them names; it counts them all. */
const NAMED = 10;

/**
 * Writes a line for each event, and one for all the codes that a tick of the wheel expired. It picks the
 * fields of a line by name, so that the digits of a code cannot get into it.
 */
export function eventLog(log: Log): Subscriber<OtpEvent> {
  let count = 0;
  let named: { user: string; purpose: string; otp: string }[] = [];

  return (event) => {
    if (event.type === 'wheel.ticked') {
      log.info('otp.expired', { count, codes: named });
      count = 0;
      named = [];
      return;
    }
    const { id, requestId } = event;
    if (event.type === 'mock.clock') {
      const { now, offset, frozen } = event;
      log.info(event.type, { id, now: new Date(now), offsetSeconds: offset / 1_000, frozen, requestId });
      return;
    }
    if (event.type === 'mock.reset') {
      log.info(event.type, { id, user: event.user, requestId });
      return;
    }
    const { user, purpose } = event;
    if (event.type === 'otp.expired' && requestId === undefined) {
      count++;
      if (named.length < NAMED) named.push({ user, purpose, otp: event.otp });
      return;
    }
    const reason = 'reason' in event ? event.reason : undefined;
    const channel = 'channel' in event ? event.channel : undefined;
    const code = event.otp === undefined ? {} : { otp: event.otp, expiresAt: new Date(event.expiresAt) };
    log.info(event.type, { id, user, purpose, ...code, channel, reason, requestId });
  };
}
