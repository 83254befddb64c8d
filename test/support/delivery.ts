import type { Clock } from '../../src/core/clock.ts';
import type { Channel, Message } from '../../src/delivery/channel.ts';
import type { Mishaps } from '../../src/delivery/mishap.ts';
import { DeliveryQueue } from '../../src/delivery/queue.ts';
import { Log } from '../../src/log/log.ts';
import type { ManualClock } from './manual-clock.ts';

/** A message of a code that is good for five minutes from now on. */
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

/** A queue before a channel, and what came of each message: `sent`, or the reason why not. */
export function queueRig<C extends Clock = ManualClock>(channel: Channel, clock: C, mishaps?: Mishaps) {
  const outcomes: Record<string, string[]> = {};
  const lines: string[] = [];
  const log = new Log(clock, 'info', (text) => lines.push(text));
  const queue = new DeliveryQueue(channel, {
    clock,
    log,
    report: ({ id }, reason) => {
      outcomes[id] = [...(outcomes[id] ?? []), reason ?? 'sent'];
    },
    mishaps,
  });
  return {
    queue,
    outcomes,
    lines,
    add: (id: string, more: Partial<Message> = {}) => queue.add(messageOf(clock, id, more)),
  };
}
