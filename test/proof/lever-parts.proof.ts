import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { systemClock } from '../../src/kernel/clock.ts';
import { MovableClock } from '../../src/kernel/movable-clock.ts';
import { EventHistory } from '../../src/mock/event-history.ts';
import { Inbox } from '../../src/mock/inbox.ts';
import { SharedClock } from '../../src/mock/replicas/clock.ts';
import { Follower } from '../../src/mock/replicas/follower.ts';
import { Journal } from '../../src/mock/replicas/journal.ts';
import { Reader } from '../../src/mock/replicas/reader.ts';
import { SharedRules } from '../../src/mock/replicas/rules.ts';
import { SharedSeededCodes } from '../../src/mock/replicas/seeded-codes.ts';
import { Turns } from '../../src/mock/replicas/turns.ts';
import { RedisConnection } from '../../src/store/redis/connection.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RedisServer } from '../support/redis-server.ts';

/** Parts of the shared levers that take long, or time out, each by itself. */
const clock = systemClock();
let server: RedisServer;
let redis: RedisConnection;
beforeAll(async () => {
  server = await RedisServer.start();
  redis = new RedisConnection({ url: server.url, clock, timeoutMs: 500 });
  redis.connect();
  while (!redis.ready) await Bun.sleep(5);
});
afterAll(async () => {
  await redis.close();
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => void (await server.send('FLUSHALL')));

describe('a turn', () => {
  const turns = () => new Turns(redis, clock, new AbortController().signal);

  test('is waited for, and not taken from one that works for longer than a turn lasts', async () => {
    const order: string[] = [];
    const long = turns().alone(async () => {
      order.push('long begins');
      await Bun.sleep(2_300);
      order.push('long ends');
    });
    while (order.length === 0) await Bun.sleep(5);
    await turns().alone(async () => order.push('short'));
    await long;
    expect(order).toEqual(['long begins', 'long ends', 'short']);
  });

  test('is given back when the work fails', async () => {
    const startedAt = performance.now();
    for (let i = 0; i < 5; i++)
      await expect(turns().alone(() => Promise.reject(new Error('a flaw')))).rejects.toThrow('a flaw');
    await turns().alone(async () => {});
    expect(performance.now() - startedAt).toBeLessThan(900);
  });

  test('of another is left alone by one that lost its own', async () => {
    await turns().alone(() => server.send('SET', 'otp:mock:{lever}:turn', 'another'));
    expect(await server.send('GET', 'otp:mock:{lever}:turn')).toBe('another');
  });
});

test('what levers keep in Redis is kept as long as there is a replica, and looked after each hour', async () => {
  const manual = new ManualClock();
  const ending = new AbortController();
  const keys = ['otp:mock:{0}:clock', 'otp:mock:{1}:clock'];
  const time = new SharedClock(redis, keys, new MovableClock(clock));
  const rules = new SharedRules(redis, () => {});
  const seeded = new SharedSeededCodes(redis, 'seed', 6);
  const journal = new Journal(redis);
  const inbox = new Inbox(manual);
  const parts = { inbox, history: new EventHistory(10), forgetDelivery: async () => {}, run: 'here' };
  const follower = new Follower({
    clock: manual,
    journal,
    reader: new Reader(parts),
    renew: () => Promise.all([time.renew(), rules.renew()]),
    keep: () => Promise.all([time.keep(), rules.keep(), seeded.keep()]),
    onError: (error) => {
      throw error;
    },
  });

  await time.take({ advance: 60_000 });
  await rules.setCodes([{ user: 'alice', code: '1111' }]);
  const about = { id: 'e1', time: 0, user: 'alice', purpose: 'default', otp: 'c1', expiresAt: 0 };
  seeded.hear({ type: 'otp.requested', code: '1111', ...about });
  await seeded.counted();
  const kept = ['rules', 'seeds', 'seeds-by-use'].map((name) => `otp:mock:{lever}:${name}`).concat(keys);
  for (const key of kept) expect(await server.send('PEXPIRE', key, '60000')).toBe(1);

  const following = follower.run(ending.signal);
  const looked = () => manual.sleeping === 1;
  for (let passedMs = 0; passedMs <= 3_600_000; passedMs += 1_200_000) {
    while (!looked()) await Bun.sleep(1);
    await manual.leap(1_200_000);
  }
  while (!looked()) await Bun.sleep(1);
  for (const key of kept) expect(Number(await server.send('PTTL', key))).toBeGreaterThan(86_000_000);
  ending.abort();
  await following;
});

describe('the journal', () => {
  test('has the entries of a replica in the order in which it told them, however many batches they go out in', async () => {
    const journal = new Journal(redis);
    for (let i = 0; i < 2_000; i++) {
      journal.tell({ does: 'end', by: `${i}` });
      if (i % 7 === 0) await Bun.sleep(0);
    }
    await journal.told();
    const read: string[] = [];
    for (
      let batch = await journal.read(undefined);
      batch?.length;
      batch = await journal.read(batch.at(-1)?.place)
    )
      for (const { number, entry } of batch) read.push(`${number} ${'by' in entry ? entry.by : ''}`);
    expect(read).toEqual(Array.from({ length: 2_000 }, (_, i) => `${i + 1} ${i}`));
  });

  test('says that it was not told, to those whose entries were on their way then and to nobody else', async () => {
    const journal = new Journal(redis);
    await server.send('SET', 'otp:mock:{lever}:journal', 'no stream');
    journal.tell({ does: 'end', by: 'here' });
    await expect(journal.told()).rejects.toThrow('WRONGTYPE');
    await expect(
      journal.toldBy(async () => {
        journal.tell({ does: 'end', by: 'here' });
        // The batch has failed before the work is over.
        await Bun.sleep(50);
      }),
    ).rejects.toThrow('WRONGTYPE');
    await journal.told();
    await journal.toldBy(async () => {});
  });
});
