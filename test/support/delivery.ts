import type { Clock } from '../../src/core/clock.ts';
import type { Announce } from '../../src/core/events.ts';
import type { Channel, Message } from '../../src/delivery/channel.ts';
import type { FindFault } from '../../src/delivery/fault.ts';
import { DeliveryQueue } from '../../src/delivery/queue.ts';
import { Log } from '../../src/log/log.ts';
import type { ManualClock } from './manual-clock.ts';

/** A message whose code is valid for five minutes from now. */
export function messageOf(clock: Clock, id: string, more: Partial<Message> = {}): Message {
  const user = `user-${id}`;
  return {
    id,
    user,
    purpose: 'default',
    to: user,
    code: '042137',
    expiresAt: clock.now() + 300_000,
    ...more,
  };
}

/** A queue in front of a channel, and the outcome of each message: `sent`, or why it failed. */
export function startQueue<C extends Clock = ManualClock>(channel: Channel, clock: C, findFault?: FindFault) {
  const outcomes: Record<string, string[]> = {};
  const lines: string[] = [];
  const log = new Log(clock, 'info', (text) => lines.push(text));
  const announce: Announce = (fact) => {
    if (fact.type !== 'otp.delivered' && fact.type !== 'otp.delivery_failed') return;
    const outcome = fact.type === 'otp.delivered' ? 'sent' : fact.reason;
    outcomes[fact.otp] = [...(outcomes[fact.otp] ?? []), outcome];
  };
  const queue = new DeliveryQueue(channel, { clock, log, announce, ...(findFault && { findFault }) });
  return {
    queue,
    outcomes,
    lines,
    add: (id: string, more: Partial<Message> = {}) => queue.add(messageOf(clock, id, more)),
  };
}
