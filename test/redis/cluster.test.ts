import { describe, expect, test } from 'bun:test';
import { StoreUnavailable } from '../../src/core/store.ts';
import { WrongStore } from '../../src/redis/begun.ts';
import { RedisCluster } from '../../src/redis/cluster.ts';
import { RedisClock } from '../../src/redis/redis-clock.ts';
import { Script } from '../../src/redis/scripts.ts';
import { type Answer, FakeRedis, resp } from '../support/fake-redis.ts';
import { hastyClock } from '../support/hasty-clock.ts';

const TIMEOUT_MS = 5_000;
const script = new Script('local function step() return 7 end');

/** `foo` is in slot 12182, `bar` in 5061. */
const FOO = 12_182;

const addressOf = (redis: FakeRedis) => new URL(redis.url).host;

/** The reply to CLUSTER SLOTS of nodes that each have the slots from one number to another. */
function slotsOf(...ranges: [first: number, last: number, redis: FakeRedis][]): string {
  const range = ([first, last, redis]: (typeof ranges)[number]) => {
    const [host = '', port = ''] = addressOf(redis).split(':');
    return resp.list(
      resp.number(first),
      resp.number(last),
      resp.list(resp.text(host), resp.number(Number(port))),
    );
  };
  return resp.list(...ranges.map(range));
}

/** A cluster of two nodes, of which the second has `foo`. Each answers every script with 7. */
async function twoNodes(check?: () => Promise<void>) {
  const low = new FakeRedis();
  const high = new FakeRedis();
  let map = slotsOf([0, 8_191, low], [8_192, 16_383, high]);
  const healthy =
    (redis: FakeRedis): Answer =>
    (command) => {
      if (command === 'CLUSTER') return map;
      return command.startsWith('EVAL') ? resp.list(resp.number(redis.now), resp.number(7)) : resp.text('OK');
    };
  for (const redis of [low, high]) redis.answer = healthy(redis);
  const changes: [reason: string | undefined, node: FakeRedis | undefined][] = [];
  const clock = hastyClock();
  const redisClock = new RedisClock(clock);
  const cluster = new RedisCluster({
    seeds: [addressOf(low)],
    urlOf: (address) => `redis://${address}`,
    clock: redisClock,
    timeoutMs: TIMEOUT_MS,
    ...(check && { check }),
    onChange: (reason, address) =>
      changes.push([reason?.message, [low, high].find((redis) => addressOf(redis) === address)]),
  });
  cluster.connect();
  return {
    low,
    high,
    healthy,
    changes,
    clock,
    redisClock,
    cluster,
    /** What both nodes say from now on of who has which slot. */
    remap(...ranges: Parameters<typeof slotsOf>) {
      map = slotsOf(...ranges);
    },
    async [Symbol.asyncDispose]() {
      await cluster.close();
      low[Symbol.dispose]();
      high[Symbol.dispose]();
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1);
}

/** A cluster that has taken a call at both nodes. */
async function connected() {
  const it = await twoNodes();
  await it.cluster.tried;
  await Promise.all([it.cluster.send('GET', ['foo']), it.cluster.send('GET', ['bar'])]);
  for (const redis of [it.low, it.high]) redis.commands.length = 0;
  return it;
}

const sentTo = (redis: FakeRedis) => redis.commands.filter(([command]) => command !== 'CLUSTER');

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a call to a cluster', () => {
  test('goes to the primary of its key’s slot', async () => {
    await using it = await connected();
    await it.cluster.send('GET', ['foo']);
    await it.cluster.send('GET', ['bar']);
    expect(await it.cluster.run(script, ['{foo}a', '{foo}b'], [])).toBe(7);
    expect(sentTo(it.low)).toEqual([['GET', 'bar']]);
    expect(sentTo(it.high).map(([command, arg]) => [command, arg])).toEqual([
      ['GET', 'foo'],
      ['EVALSHA', script.sha],
    ]);
    expect(it.cluster.ready).toBe(true);
  });

  test('that a node answers with MOVED is sent once more to the node that it names, and later calls go there at once', async () => {
    await using it = await connected();
    it.high.answer = (command, args) =>
      args.includes('foo')
        ? resp.error(`MOVED ${FOO} ${addressOf(it.low)}`)
        : it.healthy(it.high)(command, args);
    expect(await it.cluster.run(script, ['foo'], [])).toBe(7);
    expect(sentTo(it.low).map(([command]) => command)).toEqual(['EVALSHA']);
    it.remap([0, 16_383, it.low]);
    expect(await it.cluster.send('GET', ['foo'])).toBe('OK');
    expect(sentTo(it.high)).toHaveLength(1);
  });

  test('that two nodes answer with MOVED fails, and is not sent a third time', async () => {
    await using it = await connected();
    it.high.answer = () => resp.error(`MOVED ${FOO} ${addressOf(it.low)}`);
    it.low.answer = () => resp.error(`MOVED ${FOO} ${addressOf(it.high)}`);
    expect(await failure(it.cluster.send('SET', ['foo', '1']))).toBeInstanceOf(StoreUnavailable);
    expect([...sentTo(it.high), ...sentTo(it.low)]).toHaveLength(2);
  });

  test('that a node answers with ASK goes to the other right behind ASKING, and later calls do not', async () => {
    await using it = await connected();
    it.high.answer = (command, args) =>
      args.includes('foo')
        ? resp.error(`ASK ${FOO} ${addressOf(it.low)}`)
        : it.healthy(it.high)(command, args);
    const calls = [
      it.cluster.run(script, ['foo'], []),
      ...Array.from({ length: 20 }, () => it.cluster.send('GET', ['bar'])),
      it.cluster.send('GET', ['foo']),
    ];
    expect((await Promise.all(calls)).at(0)).toBe(7);
    const names = sentTo(it.low).map(([command, , , key]) => (key === 'foo' ? 'EVALSHA' : (command ?? '')));
    const followers = names.flatMap((name, i) => (name === 'ASKING' ? [sentTo(it.low)[i + 1]] : []));
    expect(followers.map((command) => command?.includes('foo'))).toEqual([true, true]);
    it.high.answer = it.healthy(it.high);
    it.high.commands.length = 0;
    await it.cluster.send('GET', ['foo']);
    expect(sentTo(it.high)).toEqual([['GET', 'foo']]);
  });

  test('that waits for a redirected answer fails at its first deadline', async () => {
    await using it = await connected();
    it.high.answer = (command) => {
      if (command === 'GET') it.clock.pass(TIMEOUT_MS - 1);
      return resp.error(`MOVED ${FOO} ${addressOf(it.low)}`);
    };
    it.low.answer = () => undefined;
    const call = failure(it.cluster.send('GET', ['foo']));
    await until(() => sentTo(it.low).length > 0);
    it.clock.pass(1);
    expect(await call).toEqual(new StoreUnavailable('Redis did not answer in time'));
  });

  test('fails at once while its node is away, is not sent to another, and others are served', async () => {
    await using it = await connected();
    it.high.answer = () => undefined;
    const lost = failure(it.cluster.send('SET', ['foo', '1']));
    await until(() => sentTo(it.high).length > 0);
    it.high[Symbol.dispose]();
    expect(await lost).toBeInstanceOf(StoreUnavailable);
    expect(await failure(it.cluster.send('SET', ['foo', '1']))).toBeInstanceOf(StoreUnavailable);
    expect(it.cluster.ready).toBe(false);
    expect(await it.cluster.send('GET', ['bar'])).toBe('OK');
    expect(sentTo(it.low)).toEqual([['GET', 'bar']]);

    it.remap([0, 16_383, it.low]);
    while ((await it.cluster.send('GET', ['foo']).catch(() => '')) !== 'OK') await Bun.sleep(1);
    expect(it.cluster.ready).toBe(true);
    expect(it.changes).toEqual([
      [undefined, it.low],
      [undefined, it.high],
      [undefined, it.low],
      ['the connection to Redis is closed', it.high],
      [undefined, it.high],
    ]);
  });

  test('fails where no node has the slot, and until the map of slots is read', async () => {
    await using it = await twoNodes();
    expect(await failure(it.cluster.send('GET', ['foo']))).toEqual(
      new StoreUnavailable('there is no connection to the cluster yet'),
    );
    it.remap([0, 8_191, it.low]);
    await it.cluster.tried;
    const none = new StoreUnavailable('no node of the cluster has the slot');
    expect(await failure(it.cluster.run(script, ['foo'], []))).toEqual(none);
    await it.cluster.close();
    expect(await failure(it.cluster.run(script, ['bar'], []))).toBeInstanceOf(StoreUnavailable);
  });

  test('that fails because of a bug of ours fails with that error', async () => {
    await using it = await connected();
    it.high.answer = () => resp.error('WRONGTYPE Operation against a key holding the wrong kind of value');
    const error = await failure(it.cluster.send('GET', ['foo']));
    expect(error).not.toBeInstanceOf(StoreUnavailable);
    expect(error).toMatchObject({ message: expect.stringContaining('WRONGTYPE') });
  });
});

describe('a cluster', () => {
  test('takes no call before it is checked, and says once what the check says', async () => {
    let wrong: string | undefined = 'another pepper';
    let checks = 0;
    await using it = await twoNodes(async () => {
      checks++;
      if (wrong !== undefined) throw new WrongStore(wrong);
    });
    expect(await it.cluster.tried).toEqual(new WrongStore('another pepper'));
    await until(() => checks > 2);
    expect(await failure(it.cluster.send('GET', ['foo']))).toEqual(new WrongStore('another pepper'));
    wrong = undefined;
    await until(() => it.cluster.ready);
    expect(await it.cluster.send('GET', ['foo'])).toBe('OK');
    expect(it.changes.map(([reason]) => reason)).toEqual(['another pepper', undefined, undefined]);
  });

  test('whose seed is no cluster is unavailable, and says why', async () => {
    using single = new FakeRedis(() => resp.error('ERR This instance has cluster support disabled'));
    const cluster = new RedisCluster({
      seeds: [addressOf(single)],
      urlOf: (address) => `redis://${address}`,
      clock: new RedisClock(hastyClock()),
      timeoutMs: TIMEOUT_MS,
    });
    cluster.connect();
    expect(await cluster.tried).toEqual(
      new StoreUnavailable('ERR This instance has cluster support disabled'),
    );
    await cluster.close();
  });

  test('can be closed while a seed is silent', async () => {
    await using it = await twoNodes();
    it.low.answer = () => undefined;
    await until(() => it.low.commands.length > 0);
    await it.cluster.close();
    expect(await it.cluster.tried).toBeInstanceOf(StoreUnavailable);
    expect(it.cluster.ready).toBe(false);
  });

  test('tells service time by the clock of one node, and judges deadlines by that of each', async () => {
    await using it = await twoNodes();
    it.high.now += 60_000;
    await it.cluster.tried;
    await it.cluster.send('GET', ['bar']);
    expect(await it.cluster.run(script, ['foo'], [])).toBe(7);
    expect(it.redisClock.now()).toBe(it.low.now);
    const [, ...args] = sentTo(it.high).at(-1) ?? [];
    expect(Number(args.at(-1)) - it.high.now).toBe(TIMEOUT_MS);
  });
});
