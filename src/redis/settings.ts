import { type Conflicts, type CoreSettings, type SettingsOf, text, whole } from '../core/settings.ts';

/** Least records of a shard: with fewer, users whose shard is full are refused while others have room. */
const LEAST_RECORDS = 100;

/** Scheme, user and password with the `@`, and nodes, separated by commas. */
const CLUSTER_URL = /^(rediss?)\+cluster:\/\/(.*@)?([^@/?#]+)\/?$/;

function pepper(description: string) {
  return text('otp-pepper', (pepper) => /^[!-~]{16,}$/.test(pepper), {
    secret: true,
    description,
    expected: 'at least 16 ASCII characters without spaces',
  });
}

/** Where codes are kept. */
export const redisSettings = {
  OTP_STORE: text('otp-store', (store) => store === 'memory' || isStoreUrl(store), {
    default: 'memory',
    secret: true,
    description:
      'Where codes are kept: `memory`, or a Redis or Valkey that replicas share: `redis://user:password@host:port/0`, `rediss://` for TLS, or `redis+cluster://user:password@host:port,host:port` for a cluster',
    expected:
      'memory, or a URL like redis://user:password@host:6379/0 or redis+cluster://user:password@host:6379,host:6379; rediss, valkey and valkeys work too',
  }),
  OTP_PEPPER: pepper(
    'Secret of at least 16 characters that protects the codes in a shared store; the same for all replicas',
  ),
  OTP_PEPPER_PREVIOUS: pepper(
    'Second pepper for verifications alone: while the pepper changes, codes issued under it still verify',
  ),
  OTP_STORE_SHARDS: whole(
    1,
    256,
    16,
    'Parts that a shared store is split into, by user; a cluster uses as many primaries at most; fixed once the store is in use',
  ),
  OTP_STORE_TIMEOUT: whole(10, 900, 500, 'Time limit for each answer of a shared store, in milliseconds'),
};

export type RedisSettings = SettingsOf<typeof redisSettings>;

export function* redisConflicts(settings: Partial<RedisSettings & CoreSettings>): Conflicts {
  const { OTP_STORE = 'memory', OTP_STORE_SHARDS: shards = 1, OTP_PEPPER, OTP_MAX_LIVE } = settings;
  if (OTP_STORE === 'memory') return;
  const least = LEAST_RECORDS * shards;
  if (OTP_MAX_LIVE !== undefined && OTP_MAX_LIVE < least)
    yield `OTP_MAX_LIVE (${OTP_MAX_LIVE}) must be at least ${least} with OTP_STORE_SHARDS (${shards}), which splits it into as many parts`;
  if (OTP_PEPPER === '')
    yield 'OTP_PEPPER must be set: anyone who can read the shared store could otherwise brute-force the codes';
}

/** The nodes in `OTP_STORE`, as `host:port`, and what makes the URL of any node; undefined if it names no cluster. */
export function clusterOf(store: string) {
  const [, scheme, login = '', hosts] = CLUSTER_URL.exec(store) ?? [];
  if (scheme === undefined || hosts === undefined) return undefined;
  return { seeds: hosts.split(','), urlOf: (address: string) => `${scheme}://${login}${address}` };
}

function isStoreUrl(text: string): boolean {
  const cluster = clusterOf(text);
  if (cluster === undefined) return isRedisUrl(text);
  return cluster.seeds.every((seed) => /:\d+$/.test(seed) && isRedisUrl(cluster.urlOf(seed)));
}

function isRedisUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^(redis|valkey|rediss|valkeys):$/.test(url.protocol) || url.hostname === '')
    return false;
  // Bun's client throws for port 0 and for a number of a database that is too long.
  return /^(\/\d{0,9})?$/.test(url.pathname) && url.port !== '0' && url.search === '' && url.hash === '';
}
