import type { Subscriber } from '../core/event-bus.ts';
import type { OtpEvent } from '../core/events.ts';
import { isoWriter } from './iso-time.ts';
import type { Log } from './log.ts';

/**
 * Logs a line for each event, and one for all codes that a tick expired: each of those has its own line at debug only.
 * It picks the fields of a line by name, so that the digits of a code cannot get into the log.
 *
 * @param mask turns a user into what the log shows
 */
export function eventLog(log: Log, mask: (user: string) => string): Subscriber<OtpEvent> {
  const iso = isoWriter();
  return (event) => {
    if (event.type === 'wheel.ticked') {
      if (event.expired > 0) log.info('otp.expired', { count: event.expired });
      return;
    }
    const { id, requestId, time } = event;
    if (event.type === 'mock.clock') {
      const { now, offset, frozen } = event;
      log.info(event.type, { id, now: iso(now), offsetSeconds: offset / 1_000, frozen, requestId });
      return;
    }
    if (event.type === 'mock.reset' || event.type === 'mock.inbox_emptied') {
      log.info(event.type, { id, user: event.user && mask(event.user), requestId });
      return;
    }
    const level = event.type === 'otp.expired' && requestId === undefined ? 'debug' : 'info';
    if (!log.isEnabled(level)) return;
    log.event(level, time, event.type, {
      id,
      user: mask(event.user),
      purpose: event.purpose,
      otp: event.otp,
      expiresAt: event.otp === undefined ? undefined : iso(event.expiresAt),
      channel: 'channel' in event ? event.channel : undefined,
      reason: 'reason' in event ? event.reason : undefined,
      fault: 'fault' in event ? event.fault : undefined,
      requestId,
    });
  };
}
