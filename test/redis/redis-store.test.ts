import { expect, test } from 'bun:test';
import { RedisConnection } from '../../src/redis/connection.ts';
import { Keys } from '../../src/redis/keys.ts';
import { RedisClock } from '../../src/redis/redis-clock.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { FakeRedis, resp } from '../support/fake-redis.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { UNLIMITED } from '../support/policies.ts';

test('after a failed pass of expiry the next one begins with the first shard again, so it skips none', async () => {
  using redis = new FakeRedis();
  const expiring = (...codes: string[]) =>
    resp.list(resp.number(redis.now), resp.list(resp.number(0), resp.list(...codes)));
  const one = resp.list(...['alice', 'default', '7', '1767225600000'].map(resp.text));
  redis.answer = () => expiring();
  const connection = new RedisConnection({
    url: redis.url,
    clock: new RedisClock(hastyClock()),
    timeoutMs: 5_000,
  });
  connection.connect();
  while (!connection.ready) await Bun.sleep(1);
  const keys = new Keys('otp:test:', 'a pepper for tests', 16);
  const store = new RedisStore(connection, keys, UNLIMITED);
  const [, , third, fourth] = keys.shards;

  redis.answer = (_, [, , base]) => {
    if (base === fourth?.base) return resp.error('OOM');
    return base === third?.base ? expiring(one) : expiring();
  };
  expect(await store.expire(100)).toMatchObject({ expired: [{ id: 's2-c7', user: 'alice' }], more: true });
  expect(await store.expire(100).catch(String)).toBe('StoreUnavailable: Redis refuses: OOM');

  redis.answer = () => expiring();
  redis.commands.length = 0;
  expect(await store.expire(100)).toEqual({ expired: [], more: false });
  expect(redis.commands.map((command) => command[3])).toEqual(keys.shards.map(({ base }) => base));
  await connection.close();
});
