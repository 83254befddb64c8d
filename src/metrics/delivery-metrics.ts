import type { Subscriber } from '../core/event-bus.ts';
import type { OtpEvent } from '../core/events.ts';
import { CHANNEL_NAMES } from '../delivery/channels.ts';
import type { DeliveryFailureReason } from '../delivery/facts.ts';
import { Counter, type Registry } from './prom-client.ts';

/**
 * The outcome of a message: delivered, failed, or ended because it was no longer needed. One whose code expires while it
 * waits has failed, and so has one that was attempted.
 */
const RESULTS = ['delivered', 'failed', 'ended'] as const;

/** Why a message is no longer needed. */
const NOT_NEEDED: readonly DeliveryFailureReason[] = ['replaced', 'cancelled', 'verified', 'locked'];

/** Counts messages by channel and outcome. Every series exists from the start, at 0. */
export function deliveryMetrics(registry: Registry): Subscriber<OtpEvent> {
  const deliveries = new Counter({
    name: 'otp_deliveries_total',
    help: 'Messages by channel and result: delivered, failed, or ended because they were no longer needed.',
    labelNames: ['channel', 'result'],
    registers: [registry],
  });
  for (const channel of CHANNEL_NAMES) for (const result of RESULTS) deliveries.inc({ channel, result }, 0);

  return (event) => {
    if (event.type === 'otp.delivered') deliveries.inc({ channel: event.channel, result: 'delivered' });
    if (event.type !== 'otp.delivery_failed') return;
    const result = NOT_NEEDED.includes(event.reason) && event.fault === undefined ? 'ended' : 'failed';
    deliveries.inc({ channel: event.channel, result });
  };
}
