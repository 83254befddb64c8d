import { Counter, type Registry } from 'prom-client';
import type { Subscriber } from '../core/event-bus.ts';
import type { OtpEvent } from '../core/events.ts';
import { CHANNEL_NAMES } from '../delivery/channels.ts';
import type { DeliveryFailureReason } from '../delivery/facts.ts';

/**
 * What came of a message: it was delivered, or was not though it was wanted, or was not wanted any more. One that
 * waits in vain until its code expires was wanted to the last, and so was one that was tried.
 */
const RESULTS = ['delivered', 'failed', 'ended'] as const;

/** Why a message is not wanted any more. */
const ENDINGS: readonly DeliveryFailureReason[] = ['replaced', 'cancelled', 'verified', 'locked'];

/** Counts messages by their channel and by what came of them. Every series is there from the start, at 0. */
export function deliveryMetrics(registry: Registry): Subscriber<OtpEvent> {
  const deliveries = new Counter({
    name: 'otp_deliveries_total',
    help: 'Messages by channel and result: delivered, failed, or ended because nobody wanted them any more.',
    labelNames: ['channel', 'result'],
    registers: [registry],
  });
  for (const channel of CHANNEL_NAMES) for (const result of RESULTS) deliveries.inc({ channel, result }, 0);

  return (event) => {
    if (event.type === 'otp.delivered') deliveries.inc({ channel: event.channel, result: 'delivered' });
    if (event.type !== 'otp.delivery_failed') return;
    const result = ENDINGS.includes(event.reason) && event.fault === undefined ? 'ended' : 'failed';
    deliveries.inc({ channel: event.channel, result });
  };
}
