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
  OTP_ALLOWED_ORIGINS: list('^https?://[a-z0-9.-]+(:[0-9]{1,5})?$', {
    description:
      'Mock mode: origins of web pages that may call it, such as `http://localhost:5173`; separated by commas',
    expected: 'origins separated by commas, as browsers write them: http://localhost:5173, without a path',
  }),
  SHUTDOWN_DRAIN: whole(0, 3_600, 0, 'Seconds to keep serving after SIGTERM, while `/readyz` answers 503'),
};

export type HttpSettings = SettingsOf<typeof httpSettings>;

export function* httpConflicts(settings: Partial<HttpSettings & CoreSettings>): Conflicts {
  const { OTP_MODE, OTP_API_KEYS, OTP_ALLOWED_ORIGINS = [] } = settings;
  for (const origin of OTP_ALLOWED_ORIGINS.filter((one) => URL.parse(one)?.origin !== one))
    yield `OTP_ALLOWED_ORIGINS has ${origin}, which browsers write ${URL.parse(origin)?.origin ?? 'differently'}`;
  if (OTP_MODE !== 'strict') return;
  if (OTP_API_KEYS?.length === 0) yield 'OTP_API_KEYS must be set in strict mode';
  if (OTP_ALLOWED_ORIGINS.length > 0)
    yield 'OTP_ALLOWED_ORIGINS must not be set in strict mode: an API key in a web page is no secret';
}
