import { type Conflicts, type CoreSettings, type SettingsOf, text, whole } from '../core/settings.ts';

/** Least records that a shared store may hold: with fewer, users whose sixteenth is full are refused while others have room. */
const LEAST_RECORDS = 1_600;

function pepper(description: string) {
  return text('otp-pepper', (pepper) => /^[!-~]{16,}$/.test(pepper), {
    secret: true,
    description,
    expected: 'at least 16 ASCII characters without spaces',
  });
}

/** Where codes are kept. */
export const redisSettings = {
  OTP_STORE: text('otp-store', (store) => store === 'memory' || isRedisUrl(store), {
    default: 'memory',
    secret: true,
    description:
      'Where codes are kept: `memory`, or a Redis or Valkey that replicas share: `redis://user:password@host:port/0`, or `rediss://` for TLS',
    expected:
      'memory, or a URL like redis://user:password@host:6379/0; rediss://, valkey:// and valkeys:// work too',
  }),
  OTP_PEPPER: pepper(
    'Secret of at least 16 characters that protects the codes in a shared store; the same for all replicas',
  ),
  OTP_PEPPER_PREVIOUS: pepper(
    'Second pepper for verifications alone: while the pepper changes, codes issued under it still verify',
  ),
  OTP_STORE_TIMEOUT: whole(10, 900, 500, 'Time limit for each answer of a shared store, in milliseconds'),
};

export type RedisSettings = SettingsOf<typeof redisSettings>;

export function* redisConflicts(settings: Partial<RedisSettings & CoreSettings>): Conflicts {
  const { OTP_STORE = 'memory', OTP_PEPPER, OTP_MAX_LIVE = LEAST_RECORDS } = settings;
  if (OTP_STORE === 'memory') return;
  if (OTP_MAX_LIVE < LEAST_RECORDS)
    yield `OTP_MAX_LIVE (${OTP_MAX_LIVE}) must be at least ${LEAST_RECORDS} with a shared store, which gives each sixteenth of the users a sixteenth of it`;
  if (OTP_PEPPER === '')
    yield 'OTP_PEPPER must be set: anyone who can read the shared store could otherwise brute-force the codes';
}

function isRedisUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^(redis|valkey|rediss|valkeys):$/.test(url.protocol) || url.hostname === '')
    return false;
  // Bun's client throws for port 0 and for a number of a database that is too long.
  return /^(\/\d{0,9})?$/.test(url.pathname) && url.port !== '0' && url.search === '' && url.hash === '';
}
