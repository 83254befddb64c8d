import { describe, expect, test } from 'bun:test';
import type { Clock } from '../../src/core/clock.ts';
import { StoreUnavailable } from '../../src/core/store.ts';
import { RedisConnection } from '../../src/redis/connection.ts';
import { RedisClock } from '../../src/redis/redis-clock.ts';
import { Script } from '../../src/redis/scripts.ts';
import { type Answer, FakeRedis, resp } from '../support/fake-redis.ts';
import { hastyClock } from '../support/hasty-clock.ts';

const TIMEOUT_MS = 5_000;
/** Between two attempts to connect. */
const RETRY_MS = 250;
const script = new Script('local function step() return 7 end');

/** The answers of a healthy Redis, in which every script returns 7. */
const healthy: (redis: { now: number }) => Answer = (redis) => (command) =>
  command.startsWith('EVAL') ? resp.list(resp.number(redis.now), resp.number(7)) : resp.text('OK');

function connectTo(url: string) {
  const changes: (string | undefined)[] = [];
  const clock = hastyClock();
  const connection = new RedisConnection({
    url,
    clock: new RedisClock(clock),
    timeoutMs: TIMEOUT_MS,
    onChange: (reason) => changes.push(reason?.message),
  });
  connection.connect();
  return { connection, changes, clock, [Symbol.asyncDispose]: () => connection.close() };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1);
}

/** A connection that is ready, to a healthy Redis. */
async function connected() {
  const redis = new FakeRedis();
  redis.answer = healthy(redis);
  const { connection, changes, clock } = connectTo(redis.url);
  await until(() => connection.ready);
  redis.commands.length = 0;
  const dispose = async () => {
    await connection.close();
    redis[Symbol.dispose]();
  };
  return { redis, connection, changes, clock, [Symbol.asyncDispose]: dispose };
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a script', () => {
  test('is called by its hash, with its keys, its arguments and the deadline by Redis’s clock', async () => {
    await using it = await connected();
    expect(await it.connection.run(script, ['k1', 'k2'], ['a'])).toBe(7);
    const [command, ...more] = it.redis.commands;
    expect(more).toEqual([]);
    expect(command?.slice(0, -1)).toEqual(['EVALSHA', script.sha, '2', 'k1', 'k2', 'a']);
    expect(Number(command?.at(-1)) - it.redis.now).toBe(TIMEOUT_MS);
  });

  test('is sent as source to a Redis that does not know its hash', async () => {
    await using it = await connected();
    it.redis.answer = (command, args) =>
      command === 'EVALSHA' ? resp.error('NOSCRIPT No matching script.') : healthy(it.redis)(command, args);
    expect(await it.connection.run(script, [], [])).toBe(7);
    expect(it.redis.commands.map(([command, source]) => [command, source])).toEqual([
      ['EVALSHA', script.sha],
      ['EVAL', expect.stringContaining('return 7')],
    ]);
  });

  test('that Redis skipped as late is sent once more with its clock’s new time, and then fails', async () => {
    await using it = await connected();
    it.redis.now += 10_000;
    const late = (deadline: string | undefined) => it.redis.now > Number(deadline);
    it.redis.answer = (command, args) =>
      late(args.at(-1)) ? resp.list(resp.number(it.redis.now)) : healthy(it.redis)(command, args);
    expect(await it.connection.run(script, [], [])).toBe(7);
    expect(it.redis.commands).toHaveLength(2);
    it.redis.answer = () => resp.list(resp.number(it.redis.now));
    expect(await failure(it.connection.run(script, [], []))).toEqual(
      new StoreUnavailable('Redis reached the call after its deadline'),
    );
    expect(it.redis.commands).toHaveLength(4);
  });
});

describe('a call', () => {
  test('fails at its deadline with every later one, and from then on calls fail at once and are not sent', async () => {
    await using it = await connected();
    it.redis.answer = () => undefined;
    const first = failure(it.connection.run(script, [], []));
    it.clock.pass(TIMEOUT_MS - 1);
    const second = failure(it.connection.send('GET', ['k']));
    await until(() => it.redis.commands.length === 2);
    expect(it.connection.ready).toBe(true);
    it.clock.pass(1);
    const silent = new StoreUnavailable('Redis did not answer in time');
    expect(await first).toEqual(silent);
    expect(await second).toEqual(silent);
    expect(it.connection.ready).toBe(false);
    const sent = () => it.redis.commands.filter(([command]) => command === 'GET').length;
    const before = sent();
    for (let i = 0; i < 100; i++) expect(await failure(it.connection.send('GET', ['k']))).toEqual(silent);
    expect(sent()).toBe(before);
  });

  test('gets an answer that arrived while the process stood still, although its timer fires first', async () => {
    using redis = new FakeRedis();
    redis.answer = healthy(redis);
    let now = 0;
    let timers: (() => void)[] = [];
    const clock: Clock = {
      ...hastyClock(),
      monotonic: () => now,
      sleep: () => new Promise((fire) => void timers.push(fire)),
    };
    const fireTimers = () => {
      const due = timers;
      timers = [];
      for (const fire of due) fire();
    };
    const connection = new RedisConnection({
      url: redis.url,
      clock: new RedisClock(clock),
      timeoutMs: TIMEOUT_MS,
    });
    connection.connect();
    await until(() => connection.ready);
    redis.answer = () => {
      now += 2 * TIMEOUT_MS;
      fireTimers();
      return resp.text('here');
    };
    // The deadline passes before the answer is read. The call waits a moment longer, and here that moment lasts.
    expect(await failure(connection.send('GET', ['k']))).toBeUndefined();
    fireTimers();
    redis.answer = healthy(redis);
    expect(await connection.run(script, [], [])).toBe(7);
    const closed = connection.close();
    fireTimers();
    await closed;
  });

  test('fails when the connection breaks, and is not sent to the next one', async () => {
    await using it = await connected();
    it.redis.answer = () => undefined;
    const call = failure(it.connection.send('SET', ['k', 'v']));
    await until(() => it.redis.commands.length === 1);
    it.redis.answer = healthy(it.redis);
    it.redis.cut();
    expect(await call).toBeInstanceOf(StoreUnavailable);
    await until(() => it.connection.ready);
    expect(it.redis.commands.filter(([command]) => command === 'SET')).toHaveLength(1);
  });

  test('fails with Redis’s own error, not as StoreUnavailable, where the bug is ours', async () => {
    await using it = await connected();
    it.redis.answer = () => resp.error('WRONGTYPE Operation against a key holding the wrong kind of value');
    const error = await failure(it.connection.run(script, [], []));
    expect(error).not.toBeInstanceOf(StoreUnavailable);
    expect(error).toMatchObject({ message: expect.stringContaining('WRONGTYPE') });
    it.redis.answer = () => resp.text('not a list');
    expect(await failure(it.connection.run(script, [], []))).toEqual(
      new Error('Redis has not replied with a list'),
    );
  });

  test('fails before there is a connection, and after it is closed', async () => {
    const redis = new FakeRedis();
    const { url } = redis;
    redis[Symbol.dispose]();
    const changes: unknown[] = [];
    const clock = hastyClock();
    let retries = 0;
    const sleep: Clock['sleep'] = (ms, signal) => {
      if (ms === RETRY_MS) retries++;
      return clock.sleep(ms, signal);
    };
    const connection = new RedisConnection({
      url,
      clock: new RedisClock({ ...clock, sleep }),
      timeoutMs: TIMEOUT_MS,
      onChange: (reason) => changes.push(reason),
    });
    const none = new StoreUnavailable('there is no connection to Redis yet');
    expect(await failure(connection.send('PING', []))).toEqual(none);
    expect(await failure(connection.run(script, [], []))).toEqual(none);
    connection.connect();
    connection.connect();
    await until(() => retries > 3);
    await connection.close();
    expect(changes).toHaveLength(1);
    expect(await failure(connection.send('PING', []))).toBeInstanceOf(StoreUnavailable);
  });
});

describe('a connection to Redis', () => {
  test('gives up a server that accepts connections and says nothing, and tries again', async () => {
    let accepted = 0;
    const socket = { open: () => void accepted++, data: () => {} };
    using mute = Bun.listen({ hostname: '127.0.0.1', port: 0, socket });
    await using it = connectTo(`redis://127.0.0.1:${mute.port}`);
    await until(() => accepted === 1);
    it.clock.pass(TIMEOUT_MS);
    await until(() => accepted === 2);
    expect(it.changes).toEqual(['Redis did not answer in time']);
  });

  test('tries again until Redis takes steps, and reports once that it is away and once that it is back', async () => {
    await using it = await connected();
    it.redis.answer = () => resp.error('LOADING Redis is loading the dataset in memory');
    it.redis.cut();
    await until(() => it.redis.connected >= 5);
    expect(it.connection.ready).toBe(false);
    it.redis.answer = healthy(it.redis);
    await until(() => it.connection.ready);
    expect(await it.connection.run(script, [], [])).toBe(7);
    expect(it.changes).toEqual([undefined, 'the connection to Redis is closed', undefined]);
  });

  test.each(['READONLY', 'LOADING', 'MASTERDOWN', 'NOAUTH', 'WRONGPASS'])(
    'is replaced when Redis takes no steps at all: %s',
    async (word) => {
      await using it = await connected();
      it.redis.answer = () => resp.error(`${word} and an explanation`);
      expect(await failure(it.connection.send('SET', ['k', 'v']))).toEqual(
        new StoreUnavailable(`Redis refuses: ${word}`),
      );
      expect(it.redis.connected).toBe(1);
      it.redis.answer = healthy(it.redis);
      await until(() => it.redis.connected > 1 && it.connection.ready);
    },
  );

  test.each(['OOM', 'MISCONF', 'NOREPLICAS', 'BUSY', 'NOPERM', 'TRYAGAIN', 'CLUSTERDOWN'])(
    'is kept when Redis refuses one step: %s',
    async (word) => {
      await using it = await connected();
      it.redis.answer = () => resp.error(`${word} and an explanation`);
      expect(await failure(it.connection.run(script, [], []))).toEqual(
        new StoreUnavailable(`Redis refuses: ${word}`),
      );
      it.redis.answer = healthy(it.redis);
      expect(await it.connection.run(script, [], [])).toBe(7);
      expect(it.redis.connected).toBe(1);
    },
  );

  test('is unavailable, whatever the error, until a server takes its first steps', async () => {
    await using it = await connected();
    it.redis.answer = () => resp.error('upstream failure');
    it.redis.cut();
    await until(() => it.redis.connected >= 3);
    const refused = new StoreUnavailable('upstream failure');
    expect(await failure(it.connection.send('GET', ['k']))).toEqual(refused);
    expect(await failure(it.connection.run(script, [], []))).toBeInstanceOf(StoreUnavailable);
    it.redis.answer = healthy(it.redis);
    await until(() => it.connection.ready);
  });

  test('can be closed while it waits for a silent Redis, and while calls are pending', async () => {
    using silent = new FakeRedis();
    const { connection } = connectTo(silent.url);
    await until(() => silent.connected > 0);
    await connection.close();
    await using it = await connected();
    it.redis.answer = () => undefined;
    const call = failure(it.connection.send('GET', ['k']));
    await it.connection.close();
    expect(await call).toBeInstanceOf(StoreUnavailable);
  });
});
