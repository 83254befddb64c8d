import { Type } from '@sinclair/typebox';
import { type CoreSettings, oneOf, type SettingsOf } from '../core/settings.ts';
import {
  CHANNEL_NAMES,
  CHANNELS,
  type ChannelName,
  channelSettings,
  configuredChannels,
  isSet,
} from './channels.ts';

/** How codes reach their users. */
export const deliverySettings = {
  OTP_CHANNEL: oneOf(
    ['none', ...CHANNEL_NAMES],
    'none',
    'Channel of a request that names none. In strict mode `none` stands for the only configured one',
  ),
  OTP_SERVICE_NAME: Type.RegExp(/^[^\p{Cc}\p{Cs}]{1,64}$/u, {
    default: 'mock-otp-service',
    description: 'Name of your service, as messages show it',
    expected: 'a name of 1 to 64 characters on one line',
  }),
  ...channelSettings,
};

export type DeliverySettings = SettingsOf<typeof deliverySettings>;

/** The channel of a request that names none; undefined if its code is not delivered. @param open the open channels */
export function defaultChannel(
  { OTP_CHANNEL: channel, OTP_MODE: mode }: Pick<DeliverySettings & CoreSettings, 'OTP_CHANNEL' | 'OTP_MODE'>,
  open: readonly ChannelName[],
): ChannelName | undefined {
  if (channel !== 'none') return channel;
  return mode === 'strict' ? open[0] : undefined;
}

/**
 * What is wrong with settings that are each valid. An invalid one is absent.
 *
 * @param handedIn channels that exist without any setting
 */
export function deliveryConflicts(
  settings: Partial<DeliverySettings & CoreSettings>,
  handedIn: readonly ChannelName[],
): string[] {
  const reasons: string[] = [];
  for (const { on, needs } of CHANNELS) {
    if (isSet(settings[on]) && !isSet(settings[needs]))
      reasons.push(`${needs} must be set, because ${on} is`);
    if (isSet(settings[needs]) && !isSet(settings[on]))
      reasons.push(`${on} must be set, because ${needs} is`);
  }
  const configured = configuredChannels(settings);
  const available = CHANNELS.filter((kind) => configured.includes(kind) || handedIn.includes(kind.name));
  const { OTP_CHANNEL: usual = 'none', OTP_MODE: mode } = settings;
  for (const { name, on } of CHANNELS)
    if (name === usual && !available.some((kind) => kind.name === usual))
      reasons.push(`${on} must be set, because OTP_CHANNEL is ${usual}`);
  if (mode === 'strict' && usual === 'none' && available.length === 0)
    reasons.push(
      `strict mode needs a channel, because it returns no code to the caller: set one of ${CHANNELS.map(({ on }) => on).join(', ')}`,
    );
  if (mode === 'strict' && usual === 'none' && available.length > 1)
    reasons.push(
      `OTP_CHANNEL must be one of ${available.map(({ name }) => name).join(', ')} in strict mode, which delivers every code`,
    );
  return reasons;
}
