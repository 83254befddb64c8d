import { systemClock } from '../../src/core/clock.ts';
import type { Policy, Store } from '../../src/core/store.ts';
import { RedisCluster } from '../../src/redis/cluster.ts';
import { RedisConnection } from '../../src/redis/connection.ts';
import { Keys } from '../../src/redis/keys.ts';
import type { Redis } from '../../src/redis/redis.ts';
import { RedisClock } from '../../src/redis/redis-clock.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { clusterOf } from '../../src/redis/settings.ts';

/** Long enough for a busy machine. */
const PATIENT_MS = 5_000;

/** Opens `count` connections to one Redis or one cluster, as that many replicas do. Disposing closes them. */
export async function connections(url: string, count: number, timeoutMs = PATIENT_MS) {
  const clock = new RedisClock(systemClock());
  const cluster = clusterOf(url);
  const all: Redis[] = Array.from({ length: count }, () =>
    cluster === undefined
      ? new RedisConnection({ url, clock, timeoutMs })
      : new RedisCluster({ ...cluster, clock, timeoutMs }),
  );
  for (const connection of all) connection.connect();
  while (!all.every(({ ready }) => ready)) await Bun.sleep(1);
  return { all, [Symbol.asyncDispose]: async () => void (await Promise.all(all.map((one) => one.close()))) };
}

let made = 0;

/** Stores over these connections. They share codes with each other, and none with stores made before. */
export function sharedStores(over: readonly Redis[], policy: Policy, shards = 16, keepsDigits = true) {
  made++;
  const keys = new Keys(`otp:test-${made}:`, 'a pepper for tests', shards);
  return { keys, stores: over.map((connection) => new RedisStore(connection, keys, policy, keepsDigits)) };
}

/**
 * A store that passes each call to the next of these stores, as a load balancer does. Only `expire` stays with one store
 * until it has no more, because each replica expires codes in a loop of its own.
 */
export function inTurn(stores: readonly Store[]): Store {
  let calls = 0;
  let expiring: Store | undefined;
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
    expire: async (limit) => {
      const store = expiring ?? next();
      const answer = await store.expire(limit);
      expiring = answer.more ? store : undefined;
      return answer;
    },
    live: () => next().live(),
    ready: () => next().ready(),
  };
}

/**
 * A store for the contract suite, over these connections in turn. It has one shard: capacity and the order of expiry are
 * promised within a shard.
 */
export async function contractStore(over: readonly Redis[], policy: Policy) {
  const { keys, stores } = sharedStores(over, policy, 1);
  let now = Date.UTC(2026, 0, 1);
  const setClock = async () => {
    for (const { clock } of keys.shards) await over[0]?.send('SET', [clock, `=${now}`]);
  };
  await setClock();
  const pass = async (ms: number) => {
    now += ms;
    await setClock();
  };
  return { store: inTurn(stores), pass };
}
