import { describe, expect, test } from 'bun:test';
import { StoreUnavailable } from '../../src/core/store.ts';
import { checkBegun, refuseCluster, WrongStore } from '../../src/redis/begun.ts';

/** A Redis with one key. With `full` it takes no writes. */
function redisOf(kept: string | null = null, full = false) {
  const redis = {
    kept,
    send: async (command: string, [key, value = '', ...options]: string[]): Promise<unknown> => {
      expect(key).toBe('otp:test:begun');
      const before = redis.kept;
      if (command === 'SET' && full) throw new StoreUnavailable('Redis refuses: OOM');
      if (command === 'SET' && !(options.includes('NX') && before !== null)) redis.kept = value;
      return command === 'GET' || options.includes('GET') ? before : 'OK';
    },
  };
  return redis;
}

const check = (redis: ReturnType<typeof redisOf>, shards: number, ...peppers: string[]) =>
  checkBegun(redis.send, 'otp:test:begun', shards, peppers).then(
    () => 'accepted',
    (error: unknown) => (error instanceof WrongStore ? error.message : String(error)),
  );

describe('a store', () => {
  test('keeps the number of shards and a fingerprint of the pepper that it was begun with', async () => {
    const redis = redisOf();
    expect(await check(redis, 16, 'a pepper for tests')).toBe('accepted');
    expect(redis.kept).toMatch(/^16 [0-9a-f]{16}$/);
    const { kept } = redis;
    expect(await check(redis, 16, 'a pepper for tests')).toBe('accepted');
    expect(await check(redis, 17, 'a pepper for tests')).toStartWith(
      'OTP_STORE_SHARDS is 17, and the store was begun with 16: ',
    );
    expect(await check(redis, 16, 'another pepper')).toStartWith('OTP_PEPPER is not the one');
    expect(redis.kept).toBe(kept);
  });

  test('accepts a replica that names its pepper as an earlier one, and goes over to that replica’s first', async () => {
    const redis = redisOf();
    await check(redis, 16, 'the old pepper');
    expect(await check(redis, 16, 'the new pepper', 'the old pepper')).toBe('accepted');
    expect(await check(redis, 16, 'the new pepper')).toBe('accepted');
    expect(await check(redis, 16, 'the old pepper')).toStartWith('OTP_PEPPER is not the one');
  });

  test('is accepted by the second of two replicas that begin it at once, if they agree', async () => {
    const redis = redisOf();
    const both = [check(redis, 16, 'a pepper for tests'), check(redis, 16, 'a pepper for tests')];
    expect(await Promise.all(both)).toEqual(['accepted', 'accepted']);
    const other = redisOf();
    const [first, second] = await Promise.all([check(other, 16, 'a pepper'), check(other, 16, 'another')]);
    expect([first, second]).toEqual(['accepted', expect.stringContaining('OTP_PEPPER')]);
  });

  test('that was begun is accepted while it is full', async () => {
    const redis = redisOf();
    await check(redis, 16, 'a pepper for tests');
    expect(await check(redisOf(redis.kept, true), 16, 'a pepper for tests')).toBe('accepted');
  });
});

test('a node of a cluster is refused as a single Redis, one that may not be asked is not', async () => {
  const failure = (info: () => Promise<unknown>) => refuseCluster(info).then(() => 'accepted', String);
  expect(await failure(async () => '# Cluster\r\ncluster_enabled:1\r\n')).toContain('redis+cluster://');
  expect(await failure(async () => '# Cluster\r\ncluster_enabled:0\r\n')).toBe('accepted');
  expect(await failure(() => Promise.reject(new StoreUnavailable('Redis refuses: NOPERM')))).toBe('accepted');
});
