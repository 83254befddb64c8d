import type { Clock } from './core/clock.ts';
import { MemoryStore } from './core/memory-store.ts';
import type { Store } from './core/store.ts';
import type { WheelView } from './core/wheel.ts';
import { openRedisStore, type RedisStoreParts } from './redis/open-redis-store.ts';
import type { RedisClock } from './redis/redis-clock.ts';

/** A store, with its wheel if it is in this process, or its Redis if replicas share it. */
export type OpenedStore =
  | { readonly store: Store; readonly wheel: () => WheelView; readonly redis?: never }
  | (ReturnType<typeof openRedisStore> & { readonly wheel?: never });

export interface StoreParts extends Omit<RedisStoreParts, 'redisClock'> {
  readonly clock: Clock;
  /** With a store in Redis. */
  readonly redisClock: RedisClock | undefined;
  /** Names this run of the service. */
  readonly run: string;
}

/** Makes the store that `OTP_STORE` names. */
export function openStore({ redisClock, ...parts }: StoreParts): OpenedStore {
  if (redisClock !== undefined) return openRedisStore({ ...parts, redisClock });
  const memory = new MemoryStore(parts.clock, parts.policy, parts.run);
  return { store: memory, wheel: () => memory.wheel };
}
