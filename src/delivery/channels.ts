import type { SettingsOf } from '../core/settings.ts';
import type { Channel, ChannelParts } from './channel.ts';
import { email } from './email/email.ts';
import { sms } from './sms/sms.ts';
import { webhook } from './webhook/webhook.ts';

/** Every kind of channel: a new one is a folder, a name here and its settings below. All other lists derive from this. */
export const CHANNELS = [email, sms, webhook] as const;

export type ChannelName = (typeof CHANNELS)[number]['name'];

export const CHANNEL_NAMES = CHANNELS.map(({ name }) => name);

/** The settings of all channels. */
export const channelSettings = { ...email.settings, ...sms.settings, ...webhook.settings };

/** Opens the channels that are turned on. */
export function openChannels(settings: SettingsOf<typeof channelSettings>, parts: ChannelParts): Channel[] {
  const on = CHANNELS.filter((kind) => isSet(settings[kind.on]));
  return on.map((kind) => ({ name: kind.name, ...kind.open(settings, parts) }));
}

/** Whether a setting is set. An invalid one is absent, and counts as set: it was meant to be. */
export function isSet(value: string | readonly string[] | undefined): boolean {
  return value === undefined || value.length > 0;
}
