import { FormatRegistry, Type } from '@sinclair/typebox';

FormatRegistry.Set('otp-store', (text) => text === 'memory' || isRedisUrl(text));

/** The settings of where codes are kept. */
export const storeSettings = {
  OTP_STORE: Type.String({
    format: 'otp-store',
    default: 'memory',
    secret: true,
    description:
      'Where codes are kept: `memory`, or a Redis or Valkey that replicas share, as `redis://user:password@host:port/0`; `rediss://` for TLS',
    expected:
      'memory, or a URL as in redis://user:password@host:6379/0, with rediss:// for TLS, and redis or valkey for the one as for the other',
  }),
  OTP_PEPPER: Type.String({
    pattern: '^$|^[!-~]{16,}$',
    default: '',
    secret: true,
    description:
      'Secret of at least 16 characters without which nobody finds the codes from what a shared store has of them; the same for all replicas',
    expected: 'at least 16 ASCII characters without blanks',
  }),
  OTP_STORE_TIMEOUT: Type.Integer({
    minimum: 10,
    maximum: 900,
    default: 500,
    description: 'Milliseconds that a shared store has for each answer; then it counts as unavailable',
  }),
};

function isRedisUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^(redis|valkey|rediss|valkeys):$/.test(url.protocol) || url.hostname === '')
    return false;
  return /^(\/\d*)?$/.test(url.pathname) && url.search === '' && url.hash === '';
}
