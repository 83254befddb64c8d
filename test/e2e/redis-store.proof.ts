import { expect, test } from 'bun:test';
import { Keys } from '../../src/redis/keys.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { storeContract } from '../core/store-contract.ts';
import { ownRedis } from '../support/own-redis.ts';
import { FIVE_ATTEMPTS, UNLIMITED } from '../support/policies.ts';
import { contractStore, sharedStores } from '../support/redis-stores.ts';

const redis = ownRedis(3);

storeContract('the Redis store', (policy) => contractStore(redis().all.slice(0, 1), policy), 1_000);
storeContract('a Redis store of three replicas', (policy) => contractStore(redis().all, policy));

test('a lock does not hold for a replica that starts without a limit on guesses', async () => {
  const [connection] = redis().all;
  if (connection === undefined) throw new Error('there is no connection');
  const maxRecords = 1_600;
  const { keys, stores } = sharedStores([connection], { ...FIVE_ATTEMPTS, maxRecords });
  const alice = { user: 'alice', purpose: 'default', code: '111111', ttlMs: 60_000 };
  await stores[0]?.request(alice);
  for (let i = 0; i < 5; i++) await stores[0]?.verify(alice, '999999');
  expect(await stores[0]?.request(alice)).toMatchObject({ refused: 'locked' });
  const unlimited = new RedisStore(connection, keys, { ...UNLIMITED, maxRecords }, true);
  expect(await unlimited.verify(alice, '111111')).toEqual({ verdict: 'none' });
  expect(await unlimited.request(alice)).toHaveProperty('otp');
});

test('a code verifies under the previous pepper once, and a wrong guess under both counts once', async () => {
  const [connection] = redis().all;
  if (connection === undefined) throw new Error('there is no connection');
  const policy = { ...FIVE_ATTEMPTS, maxRecords: 1_600 };
  const storeWith = (pepper: string, previous?: string) =>
    new RedisStore(connection, new Keys('otp:rotated:', pepper, 16, previous), policy, true);
  const [old, both, rotated] = [
    storeWith('the old pepper'),
    storeWith('the new pepper', 'the old pepper'),
    storeWith('the new pepper'),
  ];
  const alice = { user: 'alice', purpose: 'default', code: '111111', ttlMs: 60_000 };
  await old.request(alice);
  expect(await both.verify(alice, '999999')).toMatchObject({ verdict: 'wrong', attemptsLeft: 4 });
  expect(await rotated.verify(alice, '111111')).toMatchObject({ verdict: 'wrong', attemptsLeft: 3 });
  expect(await both.verify(alice, '111111')).toMatchObject({ verdict: 'verified' });
  expect(await both.verify(alice, '111111')).toMatchObject({ verdict: 'none' });
  await both.request(alice);
  expect(await old.verify(alice, '111111')).toMatchObject({ verdict: 'wrong' });
  expect(await rotated.verify(alice, '111111')).toMatchObject({ verdict: 'verified' });
});
