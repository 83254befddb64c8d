import { isOf, keyOf } from '../../core/store.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { scan } from '../../redis/scan.ts';
import type { CodeCounter } from '../codes/seeded-codes.ts';
import { KEYS } from './keys.ts';

/** Counts of issued codes for all replicas. Beyond what is kept, a random user and purpose starts again. */
export function sharedCounter(redis: RedisConnection): CodeCounter {
  return {
    issued: async (key) => Number((await redis.send('HGET', [KEYS.issued, keyOf(key)])) ?? 0),
    async forget(user) {
      if (user === undefined) return void (await redis.send('DEL', [KEYS.issued]));
      for await (const keys of scan(redis, 'HSCAN', KEYS.issued, '*')) {
        const theirs = keys.filter((key) => isOf(user, key));
        if (theirs.length > 0) await redis.send('HDEL', [KEYS.issued, ...theirs]);
      }
    },
  };
}
