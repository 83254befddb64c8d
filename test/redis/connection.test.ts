import { describe, expect, test } from 'bun:test';
import type { Clock } from '../../src/core/clock.ts';
import { StoreUnavailable } from '../../src/core/store.ts';
import { RedisConnection } from '../../src/redis/connection.ts';
import { Script } from '../../src/redis/script.ts';
import { type Answer, FakeRedis, resp } from '../support/fake-redis.ts';
import { hastyClock } from '../support/hasty-clock.ts';

const TIMEOUT_MS = 5_000;
/** From one try to connect to the next. */
const RETRY_MS = 250;
const script = new Script('local function step() return 7 end');

/** A Redis in good health, that has come to 7. */
const well: (redis: { now: number }) => Answer = (redis) => (command) =>
  command.startsWith('EVAL') ? resp.list(resp.number(redis.now), resp.number(7)) : resp.text('OK');

function connectedTo(url: string) {
  const said: (string | undefined)[] = [];
  const clock = hastyClock();
  const connection = new RedisConnection({
    url,
    clock,
    timeoutMs: TIMEOUT_MS,
    onChange: (reason) => said.push(reason?.message),
  });
  connection.connect();
  return { connection, said, clock, [Symbol.asyncDispose]: () => connection.close() };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1);
}

async function rig() {
  const redis = new FakeRedis();
  redis.answer = well(redis);
  const { connection, said, clock } = connectedTo(redis.url);
  await until(() => connection.ready);
  redis.commands.length = 0;
  const dispose = async () => {
    await connection.close();
    redis[Symbol.dispose]();
  };
  return { redis, connection, said, clock, [Symbol.asyncDispose]: dispose };
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a connection to Redis', () => {
  test('runs a script by its hash, with its keys, its arguments and until when somebody waits for it', async () => {
    await using it = await rig();
    expect(await it.connection.run(script, ['k1', 'k2'], ['a'])).toBe(7);
    const [command, ...more] = it.redis.commands;
    expect(more).toEqual([]);
    expect(command?.slice(0, -1)).toEqual(['EVALSHA', script.sha, '2', 'k1', 'k2', 'a']);
    expect(Number(command?.at(-1)) - it.redis.now).toBe(TIMEOUT_MS);
  });

  test('teaches Redis a script that it does not know, and goes on', async () => {
    await using it = await rig();
    it.redis.answer = (command, args) =>
      command === 'EVALSHA' ? resp.error('NOSCRIPT No matching script.') : well(it.redis)(command, args);
    expect(await it.connection.run(script, [], [])).toBe(7);
    expect(it.redis.commands.map(([command, source]) => [command, source])).toEqual([
      ['EVALSHA', script.sha],
      ['EVAL', expect.stringContaining('return 7')],
    ]);
  });

  test('tries once more where its idea of Redis’s time was behind, and not twice', async () => {
    await using it = await rig();
    it.redis.now += 10_000;
    const late = (deadline: string | undefined) => it.redis.now > Number(deadline);
    it.redis.answer = (command, args) =>
      late(args.at(-1)) ? resp.list(resp.number(it.redis.now)) : well(it.redis)(command, args);
    expect(await it.connection.run(script, [], [])).toBe(7);
    expect(it.redis.commands).toHaveLength(2);
    it.redis.answer = () => resp.list(resp.number(it.redis.now));
    expect(await failure(it.connection.run(script, [], []))).toEqual(
      new StoreUnavailable('Redis came to the call too late'),
    );
    expect(it.redis.commands).toHaveLength(4);
  });

  test('waits for no answer longer than it may, nor for what was asked after that; then it fails at once', async () => {
    await using it = await rig();
    it.redis.answer = () => undefined;
    const first = failure(it.connection.run(script, [], []));
    it.clock.pass(TIMEOUT_MS - 1);
    const second = failure(it.connection.send('GET', ['k']));
    await until(() => it.redis.commands.length === 2);
    expect(it.connection.ready).toBe(true);
    it.clock.pass(1);
    const silent = new StoreUnavailable('Redis does not answer in time');
    expect(await first).toEqual(silent);
    expect(await second).toEqual(silent);
    expect(it.connection.ready).toBe(false);
    const asked = () => it.redis.commands.filter(([command]) => command === 'GET').length;
    const before = asked();
    for (let i = 0; i < 100; i++) expect(await failure(it.connection.send('GET', ['k']))).toEqual(silent);
    expect(asked()).toBe(before);
  });

  test('waits no longer for one that takes connections and says nothing, and tries again', async () => {
    let connected = 0;
    const socket = { open: () => void connected++, data: () => {} };
    using mute = Bun.listen({ hostname: '127.0.0.1', port: 0, socket });
    await using it = connectedTo(`redis://127.0.0.1:${mute.port}`);
    await until(() => connected === 1);
    it.clock.pass(TIMEOUT_MS);
    await until(() => connected === 2);
    expect(it.said).toEqual(['Redis does not answer in time']);
  });

  test('asks until Redis takes steps again, and says once that it is away and once that it is back', async () => {
    await using it = await rig();
    it.redis.answer = () => resp.error('LOADING Redis is loading the dataset in memory');
    it.redis.cut();
    await until(() => it.redis.connected >= 5);
    expect(it.connection.ready).toBe(false);
    it.redis.answer = well(it.redis);
    await until(() => it.connection.ready);
    expect(await it.connection.run(script, [], [])).toBe(7);
    expect(it.said).toEqual([undefined, 'the connection to Redis is closed', undefined]);
  });

  test.each(['READONLY', 'LOADING', 'MASTERDOWN', 'NOAUTH'])(
    'looks for another Redis where one says %s',
    async (word) => {
      await using it = await rig();
      it.redis.answer = () => resp.error(`${word} whatever that says`);
      expect(await failure(it.connection.send('SET', ['k', 'v']))).toEqual(
        new StoreUnavailable(`Redis refuses: ${word}`),
      );
      expect(it.redis.connected).toBe(1);
      it.redis.answer = well(it.redis);
      await until(() => it.redis.connected > 1 && it.connection.ready);
    },
  );

  test.each(['OOM', 'MISCONF', 'NOREPLICAS', 'NOPERM'])(
    'stays where Redis takes no step for the moment: %s',
    async (word) => {
      await using it = await rig();
      it.redis.answer = () => resp.error(`${word} whatever that says`);
      expect(await failure(it.connection.run(script, [], []))).toEqual(
        new StoreUnavailable(`Redis refuses: ${word}`),
      );
      it.redis.answer = well(it.redis);
      expect(await it.connection.run(script, [], [])).toBe(7);
      expect(it.redis.connected).toBe(1);
    },
  );

  test('is away where whoever answers takes no step, for whatever reason', async () => {
    await using it = await rig();
    it.redis.answer = () => resp.error('upstream failure');
    it.redis.cut();
    await until(() => it.redis.connected >= 3);
    const refused = new StoreUnavailable('upstream failure');
    expect(await failure(it.connection.send('GET', ['k']))).toEqual(refused);
    expect(await failure(it.connection.run(script, [], []))).toBeInstanceOf(StoreUnavailable);
    it.redis.answer = well(it.redis);
    await until(() => it.connection.ready);
  });

  test('takes what else Redis says for a flaw of ours, which is not the store’s being away', async () => {
    await using it = await rig();
    it.redis.answer = () => resp.error('WRONGTYPE Operation against a key holding the wrong kind of value');
    const error = await failure(it.connection.run(script, [], []));
    expect(error).not.toBeInstanceOf(StoreUnavailable);
    expect(error).toMatchObject({ message: expect.stringContaining('WRONGTYPE') });
    it.redis.answer = () => resp.text('not a list');
    expect(await failure(it.connection.run(script, [], []))).toEqual(
      new Error('a script has answered without the time'),
    );
  });

  test('fails before there is any, and after its end', async () => {
    const redis = new FakeRedis();
    const { url } = redis;
    redis[Symbol.dispose]();
    const said: unknown[] = [];
    const clock = hastyClock();
    let waits = 0;
    const sleep: Clock['sleep'] = (ms, signal) => {
      if (ms === RETRY_MS) waits++;
      return clock.sleep(ms, signal);
    };
    const connection = new RedisConnection({
      url,
      clock: { ...clock, sleep },
      timeoutMs: TIMEOUT_MS,
      onChange: (reason) => said.push(reason),
    });
    const none = new StoreUnavailable('there is no connection to Redis yet');
    expect(await failure(connection.send('PING', []))).toEqual(none);
    expect(await failure(connection.run(script, [], []))).toEqual(none);
    connection.connect();
    connection.connect();
    await until(() => waits > 3);
    await connection.close();
    expect(said).toHaveLength(1);
    expect(await failure(connection.send('PING', []))).toBeInstanceOf(StoreUnavailable);
  });

  test('can be closed while it waits for a Redis that says nothing, and while it is being used', async () => {
    using silent = new FakeRedis();
    const { connection } = connectedTo(silent.url);
    await until(() => silent.connected > 0);
    await connection.close();
    await using it = await rig();
    it.redis.answer = () => undefined;
    const asked = failure(it.connection.send('GET', ['k']));
    await it.connection.close();
    expect(await asked).toBeInstanceOf(StoreUnavailable);
  });
});
