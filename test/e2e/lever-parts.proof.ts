import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { MovableClock } from '../../src/levers/clock/movable-clock.ts';
import { EventHistory } from '../../src/levers/events/history.ts';
import { Inbox } from '../../src/levers/inbox/inbox.ts';
import { SharedClock } from '../../src/levers/shared/clock.ts';
import { Follower } from '../../src/levers/shared/follower.ts';
import { Journal } from '../../src/levers/shared/journal.ts';
import { SharedLists } from '../../src/levers/shared/lists.ts';
import { Reader } from '../../src/levers/shared/reader.ts';
import { SharedSeededCodes } from '../../src/levers/shared/seeded-codes.ts';
import { Turns } from '../../src/levers/shared/turns.ts';
import { RedisConnection } from '../../src/redis/connection.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RedisServer } from '../support/redis-server.ts';

/** Parts of the shared levers that take long, or time out, each by itself. */
const TURN = 'otp:mock:{lever}:turn';
const clock = systemClock();
let server: RedisServer;
let redis: RedisConnection;
beforeAll(async () => {
  server = await RedisServer.start();
  redis = new RedisConnection({ url: server.url, clock, timeoutMs: 5_000 });
  redis.connect();
  while (!redis.ready) await Bun.sleep(5);
});
afterAll(async () => {
  await redis.close();
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => void (await server.send('FLUSHALL')));

describe('a turn', () => {
  const turns = (by: Clock = clock) => new Turns(redis, by, new AbortController().signal);

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
    await expect(turns().alone(() => Promise.reject(new Error('a flaw')))).rejects.toThrow('a flaw');
    expect(await server.send('GET', TURN)).toBeNull();
  });

  test('of one that dies in its midst lasts no longer than a second', async () => {
    const taken = Promise.withResolvers<void>();
    // One for whom no time passes prolongs nothing.
    void turns(new ManualClock()).alone(async () => {
      taken.resolve();
      await new Promise(() => {});
    });
    await taken.promise;
    const leftMs = Number(await server.send('PTTL', TURN));
    // It is over when there is none left, and has no end with -1.
    expect(leftMs).not.toBe(-1);
    expect(leftMs).toBeLessThanOrEqual(1_000);
  });

  test('is the next one’s within 10 ms of its end', async () => {
    const manual = new ManualClock();
    await server.send('SET', TURN, 'of one that died');
    let begun = false;
    const waiting = turns(manual).alone(async () => {
      begun = true;
    });
    while (manual.sleeping === 0) await Bun.sleep(1);
    expect(begun).toBe(false);
    await server.send('DEL', TURN);
    await manual.advance(10);
    await waiting;
    expect(begun).toBe(true);
  });

  test('of another is left alone by one that lost its own', async () => {
    await turns().alone(() => server.send('SET', TURN, 'another'));
    expect(await server.send('GET', TURN)).toBe('another');
  });
});

/** A replica's part that follows the journal, and the inbox that comes of it. */
function followerRig(clock: Clock, more: { keep?: () => Promise<unknown> } = {}) {
  const journal = new Journal(redis);
  const inbox = new Inbox(clock);
  const parts = { inbox, history: new EventHistory(10), forgetDelivery: async () => {}, run: 'here' };
  const onError = (error: unknown) => {
    throw error;
  };
  const rest = { renew: async () => {}, keep: async () => {}, onError, ...more };
  return { journal, inbox, follower: new Follower({ clock, journal, reader: new Reader(parts), ...rest }) };
}
const requested = (otp: string) =>
  ({
    type: 'otp.requested',
    id: `of-${otp}`,
    time: 0,
    user: 'alice',
    purpose: 'default',
    otp,
    code: '1111',
    expiresAt: Number.MAX_SAFE_INTEGER,
  }) as const;

describe('a replica', () => {
  test('keeps what levers have in Redis for as long as it is there, by a look each hour', async () => {
    const manual = new ManualClock();
    const ending = new AbortController();
    const clockKeys = ['otp:mock:{0}:clock', 'otp:mock:{1}:clock'];
    const time = new SharedClock(redis, clockKeys, new MovableClock(clock));
    const lists = new SharedLists(redis, () => {});
    const seeded = new SharedSeededCodes(redis, 'seed', 6);
    const keep = () => Promise.all([journal.keep(), time.keep(), lists.keep(), seeded.keep()]);
    const { journal, follower } = followerRig(manual, { keep });

    await time.take({ advance: 60_000 });
    await lists.setCodes([{ user: 'alice', code: '1111' }]);
    journal.tell({ does: 'happen', event: requested('c1') });
    seeded.hear(requested('c1'));
    await Promise.all([journal.told(), seeded.counted()]);
    const keys = ['journal', 'lists', 'seeds', 'seeds-by-use'].map((name) => `otp:mock:{lever}:${name}`);
    for (const key of [...keys, ...clockKeys]) expect(await server.send('PEXPIRE', key, '60000')).toBe(1);

    const following = follower.run(ending.signal);
    for (let passedMs = 0; passedMs <= 3_600_000; passedMs += 1_200_000) {
      while (manual.sleeping === 0) await Bun.sleep(1);
      await manual.leap(1_200_000);
    }
    while (manual.sleeping === 0) await Bun.sleep(1);
    for (const key of [...keys, ...clockKeys])
      expect(Number(await server.send('PTTL', key))).toBeGreaterThan(86_000_000);
    ending.abort();
    await following;
  });

  test('has caught up when it knows what was told before, however much others tell meanwhile', async () => {
    const others = new Journal(redis);
    const { follower, inbox } = followerRig(clock);
    let writing = true;
    let batches = 0;
    const written = (async () => {
      for (; writing; batches++) {
        for (let n = 0; n < 20; n++) others.tell({ does: 'happen', event: requested(`c${batches}-${n}`) });
        await others.told();
      }
    })();
    /** When so much more has been told that whoever still reads follows the others, and will not get to an end. */
    const late = async (from: number) => {
      while (writing && batches < from + 200) await Bun.sleep(1);
      return 'late';
    };
    for (let i = 0; i < 20; i++) {
      others.tell({ does: 'happen', event: requested(`mark-${i}`) });
      await others.told();
      expect(await Promise.race([follower.catchUp(), late(batches)])).toBeUndefined();
      expect(inbox.list({}).map(({ id }) => id)).toContain(`mark-${i}`);
    }
    writing = false;
    await written;
  });
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
    for (let place: string | undefined, more = true; more; ) {
      const passage = await journal.read(place);
      for (const { number, entry } of passage.entries)
        read.push(`${number} ${'by' in entry ? entry.by : ''}`);
      place = passage.entries.at(-1)?.place;
      more = passage.more;
    }
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
