import { Type } from '@sinclair/typebox';
import { type Conflicts, type CoreSettings, list, type SettingsOf, whole } from '../core/settings.ts';

/** Bearer tokens, separated by commas. */
export function keys(description: string) {
  return list('^[!-+\\--~]{32,}$', {
    description,
    expected: 'keys separated by commas, each of at least 32 ASCII characters without spaces',
    secret: true,
  });
}

/** The server, and who may call it. */
export const httpSettings = {
  HOST: Type.String({ default: '0.0.0.0', description: 'Address to listen on' }),
  PORT: whole(0, 65_535, 8_080, 'Port to listen on; 0 picks a free one'),
  OTP_API_KEYS: keys(
    'API keys, separated by commas, each of at least 32 characters. If set, `/otp/*` and `/mock/*` require one',
  ),
  OTP_ALLOWED_HOSTS: list('^[a-z0-9.-]+$', {
    description: 'Host names that mock mode answers to, besides local ones; separated by commas',
    expected: 'host names separated by commas, in lower case, without ports',
  }),
  SHUTDOWN_DRAIN: whole(0, 3_600, 0, 'Seconds to keep serving after SIGTERM, while `/readyz` answers 503'),
};

export type HttpSettings = SettingsOf<typeof httpSettings>;

export function* httpConflicts({ OTP_MODE, OTP_API_KEYS }: Partial<HttpSettings & CoreSettings>): Conflicts {
  if (OTP_MODE === 'strict' && OTP_API_KEYS?.length === 0) yield 'OTP_API_KEYS must be set in strict mode';
}
