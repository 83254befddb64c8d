import type { Clock } from './core/clock.ts';
import { MemoryStore } from './core/memory/memory-store.ts';
import type { CoreSettings } from './core/settings.ts';
import type { Policy, Store } from './core/store.ts';
import type { WheelView } from './core/wheel.ts';
import type { Log } from './log/log.ts';
import { RedisConnection } from './redis/connection.ts';
import { Keys } from './redis/keys.ts';
import { RedisStore } from './redis/redis-store.ts';
import type { RedisSettings } from './redis/settings.ts';
import { warnOfLosses } from './redis/warnings.ts';

/** The store that the settings ask for. */
export type OpenedStore =
  | { readonly store: Store; readonly wheel: () => WheelView; readonly redis?: never }
  | { readonly store: Store; readonly redis: SharedRedis; readonly wheel?: never };

/** What replicas share. */
export interface SharedRedis {
  readonly connection: RedisConnection;
  readonly keys: Keys;
}

export interface StoreParts {
  readonly config: Pick<CoreSettings, 'OTP_MODE'> & RedisSettings;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly log: Log;
  /** Names this run of the service. */
  readonly run: string;
}

/** Makes the store. A shared one has to be connected, and closed in the end; the log tells when it goes and returns. */
export function openStore({ config, policy, clock, log, run }: StoreParts): OpenedStore {
  if (config.OTP_STORE === 'memory') {
    const memory = new MemoryStore(clock, policy, run);
    return { store: memory, wheel: () => memory.wheel };
  }
  const keys = new Keys(`otp:${config.OTP_MODE}:`, config.OTP_PEPPER);
  const connection: RedisConnection = new RedisConnection({
    url: config.OTP_STORE,
    clock,
    timeoutMs: config.OTP_STORE_TIMEOUT,
    onChange: tellOfAbsence(log, new URL(config.OTP_STORE).host, () => warnOfLosses(connection, log)),
  });
  return { store: new RedisStore(connection, keys, policy), redis: { connection, keys } };
}

/**
 * @param address where the store should be
 * @param atFirst what is to be done once, as soon as there is a connection
 */
function tellOfAbsence(log: Log, address: string, atFirst: () => void): (reason: Error | undefined) => void {
  let away = false;
  let met = false;
  return (reason) => {
    if (reason !== undefined) log.warn('the store is away', { address, reason: reason.message });
    else if (away) log.info('the store is back');
    away = reason !== undefined;
    if (away || met) return;
    met = true;
    atFirst();
  };
}
