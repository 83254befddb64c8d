import type { SettingsOf } from '../core/settings.ts';
import type { Channel } from './channel.ts';
import type { ChannelParts } from './channel-kind.ts';
import { email } from './email/email.ts';
import { sms } from './sms/sms.ts';
import { webhook } from './webhook/webhook.ts';

/** Every kind of channel: a new one is a folder and a line here. The rest of the service derives its lists from this. */
export const CHANNELS = [email, sms, webhook] as const;

export type ChannelName = (typeof CHANNELS)[number]['name'];

export const CHANNEL_NAMES = CHANNELS.map(({ name }) => name);

/** The settings of all channels. */
export const channelSettings: Merged<(typeof CHANNELS)[number]['settings']> = Object.assign(
  {},
  ...CHANNELS.map(({ settings }) => settings),
);

export type ChannelSettings = SettingsOf<typeof channelSettings>;

/** A union of objects as one object with the fields of all. */
type Merged<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer A) => void ? A : never;

/** The kinds of channels that are turned on. An invalid setting is absent, and counts as set: it was meant to be. */
export function configuredChannels(settings: Partial<ChannelSettings>) {
  return CHANNELS.filter(({ on }) => isSet(settings[on]));
}

/** Opens the channels that are turned on. */
export function openChannels(settings: ChannelSettings, parts: ChannelParts): Channel[] {
  return configuredChannels(settings).map((kind) => ({ name: kind.name, ...kind.open(settings, parts) }));
}

/** Whether a setting is set, validly or not. */
export function isSet(value: string | readonly string[] | undefined): boolean {
  return value === undefined || value.length > 0;
}
