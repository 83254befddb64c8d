import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import type { OtpEvent } from '../../src/core/events.ts';
import { StoreUnavailable } from '../../src/core/store.ts';
import { MovableClock } from '../../src/levers/clock/movable-clock.ts';
import { EventHistory } from '../../src/levers/events/history.ts';
import type { Fault } from '../../src/levers/faults/fault.ts';
import { Faults } from '../../src/levers/faults/faults.ts';
import { Inbox } from '../../src/levers/inbox/inbox.ts';
import { Replica } from '../../src/levers/shared/replica.ts';
import { RedisConnection } from '../../src/redis/connection.ts';
import { Keys } from '../../src/redis/keys.ts';
import { RedisClock } from '../../src/redis/redis-clock.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RedisServer } from '../support/redis-server.ts';

/** The levers' shared state, replica by replica, without a service around it. */
const STREAM = 'otp:mock:{lever}:stream';
const ISSUED = 'otp:mock:{lever}:issued';

setDefaultTimeout(60_000);

/** A connection that loses the next answer to a script, if a test says so. */
class LossyConnection extends RedisConnection {
  losesNext = false;

  override async run(...args: Parameters<RedisConnection['run']>): Promise<unknown> {
    const answer = await super.run(...args);
    if (!this.losesNext) return answer;
    this.losesNext = false;
    throw new StoreUnavailable('the answer was lost');
  }
}

let server: RedisServer;
let connection: LossyConnection;
beforeAll(async () => {
  server = await RedisServer.start();
  const clock = new RedisClock(systemClock());
  connection = new LossyConnection({ url: server.url, clock, timeoutMs: 5_000 });
  connection.connect();
  while (!connection.ready) await Bun.sleep(5);
});
afterAll(async () => {
  await connection.close();
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => void (await server.send('FLUSHALL')));

const keys = new Keys('otp:mock:', 'a pepper for tests', 16);
let made = 0;

/** A replica, with what it shows. */
function replicaRig(real: Clock = systemClock()) {
  const run = `run${made++}`;
  const clock = new MovableClock(real);
  const inbox = new Inbox(clock);
  const history = new EventHistory(5_000);
  const forgotten: string[] = [];
  const delivery = { forget: async (user = 'all') => void forgotten.push(user) };
  const onError = (error: unknown) => {
    throw error;
  };
  const replica = new Replica({ connection, keys, run, clock, inbox, history, delivery, onError });
  const faultList = replica.list<Fault>('faults');
  return {
    replica,
    faultList,
    faults: new Faults(faultList),
    history,
    forgotten,
    /** The ids of the messages in its inbox, newest first, once it has caught up. */
    async messages() {
      await replica.catchUp();
      return inbox.list({}).map(({ id }) => id);
    },
    /** The codes that its events are about, in order, once it has caught up. */
    async events() {
      await replica.catchUp();
      return history.read(0, 5_000).events.map((event) => ('otp' in event ? event.otp : event.type));
    },
  };
}

let events = 0;
const requested = (otp: string, user = 'alice'): OtpEvent => ({
  type: 'otp.requested',
  id: `e${events++}`,
  time: 0,
  user,
  purpose: 'default',
  otp,
  code: '1111',
  expiresAt: Number.MAX_SAFE_INTEGER,
});
const wasReset = (): OtpEvent => ({ type: 'mock.reset', id: `e${events++}`, time: 0 });

describe('catching up', () => {
  test('ends once everything is known that was flushed before, however much others write meanwhile', async () => {
    const { replica: writer } = replicaRig();
    const { replica: marker } = replicaRig();
    const reader = replicaRig();
    let writing = true;
    let batches = 0;
    const written = (async () => {
      for (; writing; batches++) {
        for (let n = 0; n < 20; n++) writer.onEvent(requested(`c${batches}-${n}`));
        await writer.flush();
      }
    })();
    /** Resolves after so many batches that the reader must be chasing the writer. */
    const late = async (from: number) => {
      while (writing && batches < from + 200) await Bun.sleep(1);
      return 'late';
    };
    for (let i = 0; i < 20; i++) {
      marker.onEvent(requested(`mark-${i}`));
      await marker.flush();
      expect(await Promise.race([reader.replica.catchUp(), late(batches)])).toBeUndefined();
      expect(await reader.messages()).toContain(`mark-${i}`);
    }
    writing = false;
    await written;
  });

  test('starts again from the oldest entry kept if the stream no longer has the place to read on from', async () => {
    const writer = replicaRig();
    const reader = replicaRig();
    writer.replica.onEvent(requested('c1'));
    await writer.replica.flush();
    expect(await reader.messages()).toEqual(['c1']);
    const waiting = reader.history.grown(1, new AbortController().signal);
    for (const otp of ['c2', 'c3', 'c4']) writer.replica.onEvent(requested(otp));
    await writer.replica.flush();
    await server.send('XTRIM', STREAM, 'MAXLEN', '2');
    expect(await reader.messages()).toEqual(['c4', 'c3']);
    await waiting;
    const { missed, events } = reader.history.read(1, 10);
    expect([missed, events.length]).toEqual([1, 2]);
  });

  test('shows what an older copy of Redis has, after a failover to that, as a replica that joins does', async () => {
    const writer = replicaRig();
    const reader = replicaRig();
    writer.replica.onEvent(requested('c1'));
    await writer.replica.flush();
    writer.replica.onEvent(requested('c2'));
    await writer.replica.flush();
    expect(await reader.messages()).toEqual(['c2', 'c1']);
    const [[newest]] = Object(await server.send('XREVRANGE', STREAM, '+', '-', 'COUNT', '1'));
    await server.send('XDEL', STREAM, String(newest));
    expect(await reader.messages()).toEqual(['c1']);
    expect(await replicaRig().messages()).toEqual(['c1']);
  });
});

describe('flushing', () => {
  test('keeps the events of one replica in order, however many batches they go out in', async () => {
    const writer = replicaRig();
    const otps = Array.from({ length: 2_000 }, (_, i) => `c${i}`);
    for (const [i, otp] of otps.entries()) {
      writer.replica.onEvent(requested(otp));
      if (i % 7 === 0) await Bun.sleep(0);
    }
    await writer.replica.flush();
    expect(await replicaRig().events()).toEqual(otps);
    expect(await writer.events()).toEqual(otps);
  });

  test('fails while events can’t be appended, and appends them once they can', async () => {
    const writer = replicaRig();
    await server.send('SET', STREAM, 'not a stream');
    writer.replica.onEvent(requested('c1'));
    await expect(writer.replica.flush()).rejects.toThrow('WRONGTYPE');
    writer.replica.onEvent(requested('c2'));
    await expect(writer.replica.flush()).rejects.toThrow('WRONGTYPE');
    await server.send('DEL', STREAM);
    await writer.replica.flush();
    expect(await replicaRig().events()).toEqual(['c1', 'c2']);
  });

  test('tells an event and counts its code once, also if it was appended and the answer was lost', async () => {
    const writer = replicaRig();
    writer.replica.countCodes();
    connection.losesNext = true;
    writer.replica.onEvent(requested('c1'));
    await expect(writer.replica.flush()).rejects.toThrow('the answer was lost');
    writer.replica.onEvent(requested('c2'));
    await writer.replica.flush();
    expect(await replicaRig().events()).toEqual(['c1', 'c2']);
    expect(await writer.events()).toEqual(['c1', 'c2']);
    expect(await server.send('HGET', ISSUED, 'alice')).toBe('2');
    expect(await server.send('XLEN', STREAM)).toBe(2);
  });

  test('is the last thing that a replica does when its service stops', async () => {
    const { replica } = replicaRig();
    await server.send('ACL', 'SETUSER', 'default', '-xadd');
    replica.onEvent(requested('c1'));
    await expect(replica.flush()).rejects.toThrow();
    await server.send('ACL', 'SETUSER', 'default', '+xadd');
    await replica.follow(AbortSignal.abort());
    expect(await replicaRig().events()).toEqual(['c1']);
  });

  test('never repeats a clearing of the inbox that failed: messages have come since', async () => {
    const here = replicaRig();
    const there = replicaRig();
    await server.send('ACL', 'SETUSER', 'default', '-xadd');
    await expect(here.replica.clearInbox({})).rejects.toThrow();
    await server.send('ACL', 'SETUSER', 'default', '+xadd');
    there.replica.onEvent(requested('c1'));
    await there.replica.flush();
    await here.replica.flush();
    expect(await here.messages()).toEqual(['c1']);
  });
});

describe('a reset', () => {
  test('drops what another replica tells after it, but had announced before it knew of it', async () => {
    const here = replicaRig();
    const there = replicaRig();
    await there.replica.catchUp();
    await here.replica.forget();
    there.replica.onEvent(requested('before'));
    await there.replica.flush();
    expect([await here.events(), await there.events()]).toEqual([[], []]);
    there.replica.onEvent(requested('after'));
    await there.replica.flush();
    expect([await here.events(), await there.events()]).toEqual([['after'], ['after']]);
    expect(await here.messages()).toEqual(['after']);
  });

  test('keeps what this replica announces from the call on, and nothing from before it', async () => {
    const here = replicaRig();
    here.replica.onEvent(requested('before'));
    const reset = here.replica.forget();
    here.replica.onEvent(wasReset());
    here.replica.onEvent(requested('after'));
    await here.replica.catchUp();
    await reset;
    await here.replica.flush();
    for (const { events } of [here, replicaRig()]) expect(await events()).toEqual(['mock.reset', 'after']);
  });

  test('keeps what this replica announces, also if it was catching up when the reset began', async () => {
    const here = replicaRig();
    const caughtUp = here.replica.catchUp();
    // Its questions are on their way to Redis.
    for (let i = 0; i < 10; i++) await null;
    const reset = here.replica.forget();
    await caughtUp;
    here.replica.onEvent(requested('after'));
    await Promise.all([reset, here.replica.flush()]);
    expect(await here.events()).toEqual(['after']);
  });

  test('makes other replicas give up their deliveries: all, or those of one user', async () => {
    const here = replicaRig();
    const there = replicaRig();
    for (const user of ['alice', undefined]) await here.replica.forget(user);
    await here.replica.cancelMessages();
    await there.replica.catchUp();
    expect(there.forgotten).toEqual(['alice', 'all', 'all']);
  });

  test('leaves deliveries alone that this replica has begun since the call', async () => {
    const here = replicaRig();
    await here.replica.forget();
    await here.replica.cancelMessages();
    await here.replica.catchUp();
    expect(here.forgotten).toEqual([]);
  });
});

describe('faults', () => {
  test('of a list that another replica has replaced strike no more, and use up none of the new one', async () => {
    const here = replicaRig();
    const there = replicaRig();
    const fault = { on: 'verify', times: 1, status: 500 } as const;
    await here.faults.set([fault]);
    await here.replica.catchUp();
    await there.faults.set([{ ...fault, times: 2 }]);
    expect(await here.faults.strike('verify', 'alice')).toBeUndefined();
    await here.replica.catchUp();
    expect(here.faults.entries).toMatchObject([{ times: 2 }]);
    expect(await here.faults.strike('verify', 'alice')).toMatchObject({ status: 500 });
  });

  test('of a list that was replaced while a call went through it strike no more', async () => {
    const { replica, faultList } = replicaRig();
    await faultList.set([{ on: 'verify', times: 1, status: 500 }]);
    await replica.catchUp();
    const [old] = faultList.entries;
    if (old === undefined) throw new Error('no fault was set');
    await faultList.set([{ on: 'cancel', times: 1, status: 500 }]);
    await replica.catchUp();
    expect(await faultList.use(old, 1)).toBe(false);
  });

  test('that are used up let the next one strike, also if this replica has not noticed yet', async () => {
    const here = replicaRig();
    const there = replicaRig();
    await here.faults.set([
      { on: 'verify', times: 1, status: 500 },
      { on: 'verify', status: 504 },
    ]);
    await Promise.all([here.replica.catchUp(), there.replica.catchUp()]);
    expect(await here.faults.strike('verify', 'alice')).toMatchObject({ status: 500 });
    expect(await there.faults.strike('verify', 'alice')).toMatchObject({ status: 504 });
  });
});

test('OTP_SEED counts the codes of at most 100,000 users and purposes', async () => {
  const { replica } = replicaRig();
  replica.countCodes();
  for (let n = 0; n < 100_001; n += 1_000) {
    for (let i = n; i < Math.min(n + 1_000, 100_001); i++) replica.onEvent(requested(`c${i}`, `user-${i}`));
    await replica.flush();
  }
  expect(await server.send('HLEN', ISSUED)).toBe(100_000);
});

test('a running replica renews every hour how long Redis keeps what the levers share', async () => {
  const manual = new ManualClock();
  const ending = new AbortController();
  const { replica } = replicaRig(manual);
  await replica.move({ advance: 60_000 });
  await replica.list('codes').set([{ user: 'alice', code: '1111' }]);
  replica.countCodes();
  replica.onEvent(requested('c1'));
  await replica.flush();
  const all = Object.values(Object(await server.send('KEYS', '*'))).map(String);
  expect(all).toHaveLength(5 + 2 * keys.shards.length);
  for (const key of all) expect(await server.send('PEXPIRE', key, '60000')).toBe(1);

  const following = replica.follow(ending.signal);
  for (let passedMs = 0; passedMs <= 3_600_000; passedMs += 1_200_000) {
    while (manual.sleeping === 0) await Bun.sleep(1);
    await manual.leap(1_200_000);
  }
  while (manual.sleeping === 0) await Bun.sleep(1);
  for (const key of all) expect(Number(await server.send('PTTL', key))).toBeGreaterThan(86_000_000);
  ending.abort();
  await following;
});
