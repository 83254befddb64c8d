import { systemClock } from '../../src/core/clock.ts';
import type { Policy, Store } from '../../src/core/store.ts';
import { RedisConnection } from '../../src/redis/connection.ts';
import { Keys } from '../../src/redis/keys.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';

/** Long enough for a machine that is busy with other things. */
const PATIENT_MS = 5_000;

/** Connections to one Redis, as so many replicas have them. They are closed when this is disposed of. */
export async function connections(url: string, count: number, timeoutMs = PATIENT_MS) {
  const clock = systemClock();
  const all = Array.from({ length: count }, () => new RedisConnection({ url, clock, timeoutMs }));
  for (const connection of all) connection.connect();
  while (!all.every(({ ready }) => ready)) await Bun.sleep(1);
  return { all, [Symbol.asyncDispose]: async () => void (await Promise.all(all.map((one) => one.close()))) };
}

let made = 0;

/** Stores over these connections that share their codes, and nothing with any made before; by the same keys. */
export function sharedStores(over: readonly RedisConnection[], policy: Policy, shards?: number) {
  made++;
  const keys = new Keys(`otp:test-${made}:`, 'a pepper for tests', shards);
  return { keys, stores: over.map((connection) => new RedisStore(connection, keys, policy)) };
}

/** A store that hands each call to the next of these, as a balancer before the replicas does. */
export function inTurn(stores: readonly Store[]): Store {
  let calls = 0;
  const next = (): Store => {
    const store = stores[calls++ % stores.length];
    if (store === undefined) throw new Error('there is no store');
    return store;
  };
  return {
    request: (...args) => next().request(...args),
    verify: (...args) => next().verify(...args),
    cancel: (...args) => next().cancel(...args),
    expireNow: (...args) => next().expireNow(...args),
    forget: (...args) => next().forget(...args),
    expire: (...args) => next().expire(...args),
    live: () => next().live(),
    ready: () => next().ready(),
  };
}
