import type { Clock } from '../core/clock.ts';
import type { Config } from '../settings.ts';
import type { Channel, ChannelName } from './channel.ts';
import { configuredChannels } from './configured-channels.ts';
import { emailChannel } from './email.ts';
import { SENDS_AT_ONCE } from './queue.ts';
import { smsChannel } from './sms.ts';
import { webhookChannel } from './webhook.ts';

/**
 * The channels that the settings configure.
 *
 * @param clock service time
 * @param realTime milliseconds since the epoch, whatever a test does to service time
 */
export function openChannels(config: Config, clock: Clock, realTime: () => number): Channel[] {
  const open: Record<ChannelName, () => Channel> = {
    email: () => emailChannel(config, clock, SENDS_AT_ONCE),
    sms: () => smsChannel(config, clock),
    webhook: () => webhookChannel(config, realTime),
  };
  return configuredChannels(config).map((name) => open[name]());
}
