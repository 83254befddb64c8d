import type { Config } from '../settings.ts';

/** What a code can be delivered by. */
export type ChannelName = Exclude<Config['OTP_CHANNEL'], 'none'>;

const CHANNEL_NAMES = ['email', 'sms', 'webhook'] as const satisfies readonly ChannelName[];

/** Each channel with the setting that turns it on, and the one that it cannot do without. */
export const CHANNEL_SETTINGS = {
  email: { on: 'OTP_SMTP_URL', needs: 'OTP_MAIL_FROM' },
  sms: { on: 'OTP_SMS_URL', needs: 'OTP_SMS_FROM' },
  webhook: { on: 'OTP_WEBHOOK_URL', needs: 'OTP_WEBHOOK_SECRETS' },
} as const satisfies Record<ChannelName, { on: keyof Config; needs: keyof Config }>;

/** The channels that the settings configure. */
export function configuredChannels(config: Partial<Config>): ChannelName[] {
  return CHANNEL_NAMES.filter((name) => isSet(config[CHANNEL_SETTINGS[name].on]));
}

/**
 * The channel of a request that names none; undefined if its code is not delivered.
 *
 * @param there the channels that there are
 */
export function usualChannel(config: Config, there: readonly ChannelName[]): ChannelName | undefined {
  if (config.OTP_CHANNEL !== 'none') return config.OTP_CHANNEL;
  return config.OTP_MODE === 'strict' ? there[0] : undefined;
}

/**
 * What is wrong with settings of delivery that are good in themselves.
 *
 * @param handedIn channels that need no settings
 */
export function deliveryConflicts(config: Partial<Config>, handedIn: readonly ChannelName[]): string[] {
  const reasons: string[] = [];
  for (const { on, needs } of Object.values(CHANNEL_SETTINGS)) {
    if (isSet(config[on]) && !isSet(config[needs])) reasons.push(`${needs} must be set, for ${on} is`);
    if (isSet(config[needs]) && !isSet(config[on])) reasons.push(`${on} must be set, for ${needs} is`);
  }
  const there = CHANNEL_NAMES.filter(
    (name) => handedIn.includes(name) || configuredChannels(config).includes(name),
  );
  const { OTP_CHANNEL: usual = 'none', OTP_MODE: mode } = config;
  if (usual !== 'none' && !there.includes(usual))
    reasons.push(`${CHANNEL_SETTINGS[usual].on} must be set, for OTP_CHANNEL is ${usual}`);
  if (mode === 'strict' && usual === 'none' && there.length !== 1) {
    const switches = CHANNEL_NAMES.map((name) => CHANNEL_SETTINGS[name].on).join(', ');
    reasons.push(
      there.length === 0
        ? `strict mode must have a channel, for it gives the code to nobody else: set one of ${switches}`
        : `OTP_CHANNEL must be one of ${there.join(', ')} in strict mode, where every code is delivered`,
    );
  }
  return reasons;
}

/** A value that is bad in itself is left out, and counts as set: whoever mends it is not told of it twice. */
function isSet(value: string | readonly string[] | undefined): boolean {
  return value === undefined || value.length > 0;
}
