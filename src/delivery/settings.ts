import { Type } from '@sinclair/typebox';
import { type Conflicts, type CoreSettings, oneOf, type SettingsOf } from '../core/settings.ts';
import { CHANNEL_NAMES, CHANNELS, type ChannelName, channelSettings, isSet } from './channels.ts';

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

/** What is wrong with settings that are each valid. @param handedIn channels that exist without any setting */
export function* deliveryConflicts(
  settings: Partial<DeliverySettings & CoreSettings>,
  handedIn: readonly ChannelName[],
): Conflicts {
  const { OTP_CHANNEL: usual = 'none', OTP_MODE: mode } = settings;
  for (const { on, needs } of CHANNELS) {
    if (isSet(settings[on]) && !isSet(settings[needs])) yield `${needs} must be set, because ${on} is`;
    if (isSet(settings[needs]) && !isSet(settings[on])) yield `${on} must be set, because ${needs} is`;
  }
  const available = CHANNELS.filter(({ name, on }) => isSet(settings[on]) || handedIn.includes(name));
  for (const kind of CHANNELS)
    if (kind.name === usual && !available.includes(kind))
      yield `${kind.on} must be set, because OTP_CHANNEL is ${usual}`;
  if (mode !== 'strict' || usual !== 'none') return;
  if (available.length === 0)
    yield `strict mode needs a channel, because it returns no code to the caller: set one of ${CHANNELS.map(({ on }) => on).join(', ')}`;
  if (available.length > 1)
    yield `OTP_CHANNEL must be one of ${available.map(({ name }) => name).join(', ')} in strict mode, which delivers every code`;
}
