import { isOf, keyOf } from '../../core/store.ts';
import type { Redis } from '../../redis/redis.ts';
import { listOf } from '../../redis/replies.ts';
import type { CodeCounter } from '../codes/seeded-codes.ts';
import { KEYS } from './keys.ts';

/** Counts that are looked through in one step when one user's are forgotten. */
const SCAN = 1_000;

/** Counts of issued codes for all replicas. Beyond what is kept, a random user and purpose starts again. */
export function sharedCounter(redis: Redis): CodeCounter {
  return {
    issued: async (key) => Number((await redis.send('HGET', [KEYS.issued, keyOf(key)])) ?? 0),
    async forget(user) {
      if (user === undefined) return void (await redis.send('DEL', [KEYS.issued]));
      let cursor = '0';
      do {
        const [next, found] = listOf(await redis.send('HSCAN', [KEYS.issued, cursor, 'COUNT', `${SCAN}`]));
        const keys = listOf(found).filter((key, i) => i % 2 === 0 && isOf(user, String(key)));
        if (keys.length > 0) await redis.send('HDEL', [KEYS.issued, ...keys.map(String)]);
        cursor = String(next);
      } while (cursor !== '0');
    },
  };
}
