import { expect, test } from 'bun:test';
import { RedisConnection } from '../../src/redis/connection.ts';
import { Keys } from '../../src/redis/keys.ts';
import { RedisClock } from '../../src/redis/redis-clock.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { FakeRedis, resp } from '../support/fake-redis.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { UNLIMITED } from '../support/policies.ts';

/** A store of sixteen shards in a Redis that is ready. Disposing closes both. */
async function openStore() {
  const redis = new FakeRedis();
  redis.answer = () => expired(redis);
  const connection = new RedisConnection({
    url: redis.url,
    clock: new RedisClock(hastyClock()),
    timeoutMs: 5_000,
  });
  connection.connect();
  while (!connection.ready) await Bun.sleep(1);
  redis.commands.length = 0;
  const keys = new Keys('otp:test:', 'a pepper for tests', 16);
  const dispose = async () => {
    await connection.close();
    redis[Symbol.dispose]();
  };
  const store = new RedisStore(connection, keys, UNLIMITED, true);
  return { redis, store, shards: keys.shards, [Symbol.asyncDispose]: dispose };
}

/** What expire.lua answers. */
const expired = (redis: FakeRedis, ...codes: string[]) =>
  resp.list(resp.number(redis.now), resp.list(resp.number(0), resp.list(...codes)));
const code = resp.list(...['alice', 'default', '7', '1767225600000'].map(resp.text));

test('after a failed pass of expiry the next one begins with the first shard again, so it skips none', async () => {
  await using it = await openStore();
  const { redis, store, shards } = it;
  redis.answer = (_, [, , base]) => {
    if (base === shards[3]?.base) return resp.error('ERR a bug');
    return base === shards[2]?.base ? expired(redis, code) : expired(redis);
  };
  expect(await store.expire(100)).toMatchObject({ expired: [{ id: 's2-c7', user: 'alice' }], more: true });
  expect(await store.expire(100).catch(String)).toContain('ERR a bug');

  redis.answer = () => expired(redis);
  redis.commands.length = 0;
  expect(await store.expire(100)).toEqual({ expired: [], more: false });
  expect(redis.commands.map((command) => command[3])).toEqual(shards.map(({ base }) => base));
});

test('a pass of expiry goes on past a shard that is away, and fails at its end', async () => {
  await using it = await openStore();
  const { redis, store, shards } = it;
  redis.answer = (_, [, , base]) => {
    if (base === shards[0]?.base) return resp.error('CLUSTERDOWN Hash slot not served');
    return base === shards[15]?.base ? expired(redis, code) : expired(redis);
  };
  expect(await store.expire(100)).toMatchObject({ expired: [{ id: 's15-c7' }], more: true });
  expect(await store.expire(100).catch(String)).toBe('StoreUnavailable: Redis refuses: CLUSTERDOWN');
  redis.answer = () => expired(redis);
  expect(await store.expire(100)).toEqual({ expired: [], more: false });
});

test('a store is ready as long as most of its shards take steps, and names the others', async () => {
  await using it = await openStore();
  const { redis, store, shards } = it;
  let away = 0;
  redis.answer = (_, [, , base]) =>
    shards.findIndex((shard) => shard.base === base) < away
      ? resp.error('TRYAGAIN Multiple keys request during rehashing of slot')
      : resp.list(resp.number(redis.now), resp.number(1));
  expect([await store.ready(), store.shardsUnavailable]).toEqual([true, []]);
  away = 7;
  expect([await store.ready(), store.shardsUnavailable]).toEqual([true, [0, 1, 2, 3, 4, 5, 6]]);
  away = 8;
  expect(await store.ready()).toBe(false);
});
