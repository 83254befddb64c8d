import type { CoreSettings } from '../core/settings.ts';
import type { Policy } from '../core/store.ts';
import type { Log } from '../log/log.ts';
import { RedisConnection } from './connection.ts';
import { Keys } from './keys.ts';
import type { RedisClock } from './redis-clock.ts';
import { RedisStore } from './redis-store.ts';
import type { RedisSettings } from './settings.ts';

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
 * close it at the end. The log says when Redis becomes unavailable and when it is back, once each.
 */
export function openRedisStore({ config, policy, redisClock: clock, log }: RedisStoreParts) {
  const url = config.OTP_STORE;
  // The address without the password.
  const address = new URL(url).host;
  let isAway = false;
  let isChecked = false;
  const connection: RedisConnection = new RedisConnection({
    url,
    clock,
    timeoutMs: config.OTP_STORE_TIMEOUT,
    onChange(reason) {
      if (reason !== undefined) log.warn('the store is unavailable', { address, reason: reason.message });
      else if (isAway) log.info('the store is available again');
      isAway = reason !== undefined;
      if (isAway || isChecked) return;
      isChecked = true;
      warnOfDataLoss(connection, log);
      warnOfSkew(clock, log);
    },
  });
  const keys = new Keys(`otp:${config.OTP_MODE}:`, config.OTP_PEPPER, undefined, config.OTP_PEPPER_PREVIOUS);
  const store = new RedisStore(connection, keys, policy, config.OTP_MODE === 'mock');
  return { store, redis: { connection, keys } };
}

/** Logs a warning for each setting by which a healthy Redis loses codes. Never rejects. */
async function warnOfDataLoss(redis: RedisConnection, log: Log): Promise<void> {
  const info = await redis.send('INFO', []).then(String, () => '');
  const value = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const policy = value('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction')
    log.warn('the store evicts codes and locks when its memory is full: set maxmemory-policy noeviction', {
      policy,
    });
  if (value('aof_enabled') === '0')
    log.warn('codes and locks do not survive a restart of the store: set appendonly yes');
}

/** Logs a warning if the clocks differ: a client that reads this machine's clock finds codes that end early or late. */
function warnOfSkew({ skewMs }: RedisClock, log: Log): void {
  if (Math.abs(skewMs) > SKEW_MS)
    log.warn("this machine's clock differs from the store's, which decides: synchronize both", {
      aheadMs: skewMs,
    });
}
