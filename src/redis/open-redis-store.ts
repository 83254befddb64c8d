import type { CoreSettings } from '../core/settings.ts';
import type { Policy } from '../core/store.ts';
import type { Log } from '../log/log.ts';
import { checkBegun, refuseCluster } from './begun.ts';
import { RedisCluster } from './cluster.ts';
import { RedisConnection } from './connection.ts';
import { Keys } from './keys.ts';
import type { Redis } from './redis.ts';
import type { RedisClock } from './redis-clock.ts';
import { RedisStore } from './redis-store.ts';
import { clusterOf, type RedisSettings } from './settings.ts';

/** How far two clocks may differ before it is worth a warning, in milliseconds. */
const SKEW_MS = 1_000;

export interface RedisStoreParts {
  readonly config: Pick<CoreSettings, 'OTP_MODE'> & RedisSettings;
  readonly policy: Policy;
  readonly redisClock: RedisClock;
  readonly log: Log;
}

/**
 * Makes the store of `OTP_STORE`, by its URL, and what else replicas share there. Connect the connection to use it, and
 * close it at the end. The log says when Redis, or a node of a cluster, becomes unavailable, and when all is back.
 */
export function openRedisStore({ config, policy, redisClock: clock, log }: RedisStoreParts) {
  const { OTP_STORE, OTP_MODE, OTP_PEPPER, OTP_PEPPER_PREVIOUS, OTP_STORE_SHARDS } = config;
  const { OTP_STORE_TIMEOUT: timeoutMs } = config;
  const keys = new Keys(`otp:${OTP_MODE}:`, OTP_PEPPER, OTP_STORE_SHARDS, OTP_PEPPER_PREVIOUS);
  const peppers = [OTP_PEPPER, OTP_PEPPER_PREVIOUS].filter(Boolean);
  const check = (send: Redis['send']) => checkBegun(send, keys.begun, OTP_STORE_SHARDS, peppers);
  const cluster = clusterOf(OTP_STORE);
  // The address without the password.
  const whole = cluster === undefined ? new URL(OTP_STORE).host : cluster.seeds.join();

  const away = new Set<string>();
  const checked = new Set<string>();
  async function onChange(reason: Error | undefined, address: string, node?: Redis): Promise<void> {
    // A service that waits for the first attempt says first that it listens.
    await connection.tried;
    if (reason !== undefined) {
      const isPart = cluster !== undefined && node !== undefined;
      const what = isPart ? 'a part of the store is unavailable' : 'the store is unavailable';
      log.warn(what, { address, reason: reason.message });
      away.add(address);
      return;
    }
    if (away.delete(address) && away.size === 0) log.info('the store is available again');
    if (node === undefined || checked.has(address)) return;
    checked.add(address);
    warnOfDataLoss(node, address, log);
    warnOfSkew(clock, log);
  }

  const connection: Redis =
    cluster !== undefined
      ? new RedisCluster({ ...cluster, clock, timeoutMs, check, onChange })
      : new RedisConnection({
          url: OTP_STORE,
          clock,
          timeoutMs,
          check: (send) => refuseCluster(send).then(() => check(send)),
          onChange: (reason) => onChange(reason, whole, connection),
        });
  const store = new RedisStore(connection, keys, policy, OTP_MODE === 'mock');
  return { store, redis: { connection, keys, shardsUnavailable: () => store.shardsUnavailable } };
}

/** Logs a warning for each setting by which a healthy Redis loses codes. Never rejects. */
async function warnOfDataLoss(redis: Redis, address: string, log: Log): Promise<void> {
  const info = await redis.send('INFO', []).then(String, () => '');
  const value = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const policy = value('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction')
    log.warn('the store evicts codes and locks when its memory is full: set maxmemory-policy noeviction', {
      address,
      policy,
    });
  if (value('aof_enabled') === '0')
    log.warn('a restart of the store loses codes and locks, and may revive spent codes: set appendonly yes', {
      address,
    });
}

/** Logs a warning if the clocks differ: a client that reads this machine's clock finds codes that end early or late. */
function warnOfSkew({ skewMs }: RedisClock, log: Log): void {
  if (Math.abs(skewMs) > SKEW_MS)
    log.warn("this machine's clock differs from the store's, which decides: synchronize both", {
      aheadMs: skewMs,
    });
}
