import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { createService } from '../../src/service.ts';
import { channelOf } from '../support/channel.ts';
import { ownTime } from '../support/own-time.ts';
import { RedisServer } from '../support/redis-server.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';
import { take } from '../support/sse.ts';

/** The test levers with a shared store. `send`, `post` and `put` go to another replica with each call. */
const DAY_S = 86_400;

// Long enough for a busy machine. Tests of speed measure it themselves.
setDefaultTimeout(60_000);

let redis: RedisServer;
let replicas: Replicas;
beforeAll(async () => {
  redis = await RedisServer.start();
  replicas = await startReplicas(3, redis.url);
});
afterAll(async () => {
  await replicas[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});
beforeEach(async () => {
  expect((await replicas.post('/mock/reset', {})).status).toBe(200);
});

const request = async (user: string, more: object = {}) => {
  const answer = await replicas.post('/otp/request', { user, ...more });
  expect(answer.status).toBe(200);
  return answer.body;
};
const verify = async (user: string, code: unknown) =>
  (await replicas.post('/otp/verify', { user, code })).status;
const statesOf = (messages: unknown) =>
  Array.isArray(messages) ? messages.map(({ user, state }) => `${user} ${state}`) : messages;
const inboxes = async () => (await replicas.askAll('/mock/inbox')).map(({ body }) => body['messages']);

describe('the inbox', () => {
  test('lets a login wait at one replica for a code that is requested at a second and verified at a third', async () => {
    for (let i = 0; i < 10; i++) {
      const user = `login-${i}`;
      const waiting = replicas.send(`/mock/inbox/wait?user=${user}`);
      const { id, code } = await request(user);
      const message = (await waiting).body;
      expect(message).toMatchObject({ id, code, user, state: 'pending' });
      expect(await verify(user, message['code'])).toBe(200);
      expect((await replicas.send(`/mock/inbox?user=${user}`)).body).toMatchObject({
        messages: [{ id, state: 'verified' }],
      });
    }
  });

  test('answers a hundred waiting calls, at any replica, each with the one code that comes', async () => {
    const waiting = Array.from({ length: 100 }, () => replicas.send('/mock/inbox/wait?user=alice'));
    await Bun.sleep(200);
    const { id } = await request('alice');
    for (const { status, body } of await Promise.all(waiting))
      expect([status, body['id']]).toEqual([200, id]);
  });

  test('has the same messages at all replicas, in the same order, once a call is answered', async () => {
    for (let i = 0; i < 30; i++) {
      await request(`user-${i % 7}`);
      const [first, ...others] = await inboxes();
      for (const other of others) expect(other).toEqual(first);
      expect(first).toHaveLength(i + 1);
    }
  });

  test('has a message at all replicas once its request is answered, also under load', async () => {
    for (let round = 0; round < 10; round++) {
      const found = Array.from({ length: 50 }, async (_, i) => {
        const user = `user-${round}-${i}`;
        const { id } = await request(user);
        const { messages } = (await replicas.send(`/mock/inbox?user=${user}`)).body;
        return Array.isArray(messages) && messages[0]?.id === id;
      });
      expect(await Promise.all(found)).not.toContain(false);
    }
  });

  test('knows at any replica which message comes after one that another replica returned', async () => {
    const ids: unknown[] = [];
    for (let i = 0; i < 6; i++) ids.push((await request('alice'))['id']);
    for (let i = 0; i < 5; i++)
      expect((await replicas.send(`/mock/inbox/wait?user=alice&after=${ids[i]}`)).body['id']).toBe(
        ids[i + 1],
      );
    const next = replicas.send(`/mock/inbox/wait?user=alice&after=${ids[5]}`);
    expect((await replicas.send('/mock/inbox/wait?user=alice&after=0')).body['id']).toBe(ids[0]);
    const { id } = await request('alice');
    expect((await next).body['id']).toBe(id);
    const bob = (await request('bob'))['id'];
    const { id: last } = await request('alice');
    expect((await replicas.send(`/mock/inbox/wait?user=alice&after=${bob}`)).body['id']).toBe(last);
  });

  test('returns the live code, whichever of two simultaneous requests of a user came last', async () => {
    for (let race = 0; race < 300; race++) {
      const user = `racer-${race}`;
      await Promise.all([request(user), request(user)]);
      const { code } = (await replicas.send(`/mock/inbox/wait?user=${user}`)).body;
      if ((await verify(user, code)) !== 200)
        throw new Error(`the inbox returned a dead code in race ${race}`);
    }
  });

  test('is emptied at all replicas by one call, which says how many messages it deleted', async () => {
    for (const user of ['alice', 'bob', 'alice', 'carol']) await request(user);
    const drop = (query: string) => replicas.send(`/mock/inbox${query}`, { method: 'DELETE' });
    expect((await drop('?user=alice')).body).toEqual({ deleted: 2 });
    for (const messages of await inboxes())
      expect(statesOf(messages)).toEqual(['carol pending', 'bob pending']);
    expect((await drop('')).body).toEqual({ deleted: 2 });
    expect(await inboxes()).toEqual([[], [], []]);
  });

  test('is empty at all replicas after Redis has lost everything', async () => {
    await request('alice');
    await redis.send('FLUSHALL');
    expect(await inboxes()).toEqual([[], [], []]);
    await request('bob');
    await redis.send('FLUSHALL');
    await request('carol');
    for (const messages of await inboxes()) expect(statesOf(messages)).toEqual(['carol pending']);
  });

  test('of a replica that joins has the messages from before', async () => {
    const { code } = await request('alice');
    await verify('alice', code);
    await request('bob');
    await using joined = await startReplicas(1, redis.url);
    const { messages } = (await joined.send('/mock/inbox')).body;
    expect(statesOf(messages)).toEqual(['bob pending', 'alice verified']);
  });
});

describe('fixed codes', () => {
  const codes = [{ user: 'test-*', code: '123456' }];

  test('apply at all replicas from the call that sets them to the one that removes them', async () => {
    for (let round = 0; round < 10; round++) {
      expect((await replicas.put('/mock/codes', codes)).status).toBe(200);
      for (let i = 0; i < 3; i++) expect(await request(`test-${i}`)).toMatchObject({ code: '123456' });
      for (const { text } of await replicas.askAll('/mock/codes')) expect(JSON.parse(text)).toEqual(codes);
      await replicas.send('/mock/codes', { method: 'DELETE' });
      for (const { text } of await replicas.askAll('/mock/codes')) expect(text).toBe('[]');
    }
  });

  test('exempt their users from the lock at every replica', async () => {
    await replicas.put('/mock/codes', codes);
    await request('test-1');
    for (let i = 0; i < 10; i++) expect(await verify('test-1', '000000')).toBe(401);
    expect(await verify('test-1', '123456')).toBe(200);
  });
});

describe('faults', () => {
  test('with three times strike exactly three of many simultaneous calls over three replicas', async () => {
    for (let round = 0; round < 10; round++) {
      await replicas.put('/mock/faults', [{ on: 'request', user: 'f*', times: 3, status: 503 }]);
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, i) => replicas.post('/otp/request', { user: `f-${i}` })),
      );
      const failed = answers.filter(({ status }) => status === 503);
      expect(failed.map(({ body }) => body['code'])).toEqual(new Array(3).fill('injected_fault'));
      for (const { text } of await replicas.askAll('/mock/faults')) expect(text).toBe('[]');
    }
  });

  test('count down at every replica, and when the first is used up the next one strikes', async () => {
    await replicas.put('/mock/faults', [
      { on: 'verify', times: 2, status: 500 },
      { on: 'verify', user: 'a*', status: 504 },
    ]);
    expect(await verify('alice', '0000')).toBe(500);
    for (const { text } of await replicas.askAll('/mock/faults'))
      expect(JSON.parse(text)).toMatchObject([{ times: 1 }, { status: 504 }]);
    const statuses = [
      await verify('alice', '0000'),
      await verify('alice', '0000'),
      await verify('bob', '0000'),
    ];
    expect(statuses).toEqual([500, 504, 404]);
  });

  test('start to count again when they are set again', async () => {
    for (let round = 0; round < 5; round++) {
      await replicas.put('/mock/faults', [{ on: 'cancel', times: 1, status: 500 }]);
      const cancel = async () => (await replicas.post('/otp/cancel', { user: 'alice' })).status;
      expect([await cancel(), await cancel(), await cancel()]).toEqual([500, 404, 404]);
    }
  });

  test('on deliveries strike as many messages as they say over all replicas', async () => {
    const sent: string[] = [];
    const channels = [channelOf(async ({ user }) => void sent.push(user))];
    await using both = await startReplicas(2, redis.url, {}, { channels });
    await both.put('/mock/faults', [{ on: 'delivery', times: 3, fail: true }]);
    const users = Array.from({ length: 12 }, (_, i) => `to-${i}`);
    await Promise.all(users.map((user) => both.post('/otp/request', { user, channel: 'webhook' })));
    while (sent.length < 9) await Bun.sleep(5);
    const settled = async () => {
      const { messages } = (await both.send('/mock/inbox')).body;
      return Array.isArray(messages) ? messages.filter(({ delivery }) => delivery === 'failed').length : 0;
    };
    while ((await settled()) < 3) await Bun.sleep(5);
    await Bun.sleep(100);
    expect([sent.length, await settled()]).toEqual([9, 3]);
  });
});

describe('OTP_SEED', () => {
  test('repeats codes from run to run over replicas, and they are those of a service with a memory store', async () => {
    await using seeded = await startReplicas(3, redis.url, { OTP_SEED: 'a seed', OTP_RESEND_COOLDOWN: '0' });
    const plan = ['alice', 'bob', 'alice', 'alice', 'carol', 'bob', 'alice'];
    const run = async () => {
      await seeded.post('/mock/reset', {});
      const codes: unknown[] = [];
      for (const user of plan) codes.push((await seeded.post('/otp/request', { user })).body['code']);
      return codes;
    };
    const first = await run();
    expect(new Set(first).size).toBe(plan.length);
    expect(await run()).toEqual(first);

    const alone = createService({ OTP_SEED: 'a seed' });
    const codes: unknown[] = [];
    for (const user of plan) {
      const ask = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ user }),
      };
      const answer = await alone.app.handle(new Request('http://localhost/otp/request', ask));
      codes.push((await answer.json()).code);
    }
    expect(codes).toEqual(first);

    await seeded.post('/mock/reset', { user: 'alice' });
    const again = async (user: string) => (await seeded.post('/otp/request', { user })).body['code'];
    expect(await again('alice')).toBe(first[0]);
    expect([first[1], first[5]]).not.toContain(await again('bob'));
  });
});

describe('the clock', () => {
  const move = (body: object) => replicas.post('/mock/clock', body);

  test('moved a day ahead expires the codes of all replicas, and announces each once', async () => {
    const begin = (await replicas.send('/mock/clock')).body['now'];
    expect(begin).toBeString();
    const streams = await Promise.all([0, 1, 2].map((of) => replicas.events(of)));
    const heard = streams.map((stream) => take(stream, 2 * 90 + 1));
    const users = Array.from({ length: 90 }, (_, i) => `user-${i}`);
    await Promise.all(users.map((user) => request(user, { code: '111111', ttl: 3_600 })));
    expect((await move({ advance: DAY_S })).body).toMatchObject({
      expired: 90,
      offset: DAY_S,
      frozen: false,
    });
    for (let i = 0; i < 9; i++) expect(await verify(`user-${i}`, '111111')).toBe(410);
    for (const frames of await Promise.all(heard)) {
      const expired = frames.filter(({ event }) => event === 'otp.expired').map(({ data }) => data['user']);
      expect(expired.length).toBe(90);
      expect(new Set(expired).size).toBe(90);
      const types = frames.map(({ event }) => event);
      expect(types.indexOf('mock.clock')).toBe(90);
    }
    expect((await move({ advance: 61 })).body).toMatchObject({ expired: 0 });
    expect(await verify('user-1', '111111')).toBe(404);
  });

  test('has announced all that a move expired to all replicas when the move is answered', async () => {
    const ask = (i: number) => request(`user-${i}`, { ttl: 3_600 });
    for (let made = 0; made < 1_000; made += 100)
      await Promise.all(Array.from({ length: 100 }, (_, i) => ask(made + i)));
    expect((await move({ advance: 3_600 })).body).toMatchObject({ expired: 1_000 });
    const stream = JSON.stringify(await redis.send('XRANGE', 'otp:mock:{lever}:stream', '-', '+'));
    expect(stream.split('otp.expired').length - 1).toBeGreaterThanOrEqual(1_000);
  });

  test('is the same at all replicas: advanced, set, frozen, unfrozen, and back at real time', async () => {
    const offsets = async () =>
      (await replicas.askAll('/mock/clock')).map(({ body }) => [body['offset'], body['frozen']]);
    await move({ advance: 90 });
    expect(await offsets()).toEqual(new Array(3).fill([90, false]));

    const { now } = (await move({ freeze: true })).body;
    for (const { body } of await replicas.askAll('/mock/clock'))
      expect([body['now'], body['frozen']]).toEqual([now, true]);
    await Bun.sleep(30);
    expect((await replicas.send('/mock/clock')).body['now']).toBe(now);
    const set = new Date(Date.parse(String(now)) + 3_600_000).toISOString();
    expect((await move({ set })).body).toMatchObject({ now: set, frozen: true });
    for (const { body } of await replicas.askAll('/mock/clock')) expect(body['now']).toBe(set);

    await move({ freeze: false });
    const [first, ...others] = await offsets();
    expect(first?.[1]).toBe(false);
    for (const other of others) expect(other).toEqual(first ?? []);

    expect((await move({ reset: true })).body).toMatchObject({ offset: 0, frozen: false });
    expect(await offsets()).toEqual(new Array(3).fill([0, false]));
  });

  test('that is frozen expires no code, and goes on from there', async () => {
    await move({ freeze: true });
    await request('alice', { code: '111111', ttl: 1 });
    await Bun.sleep(1_300);
    expect(await verify('alice', '000000')).toBe(401);
    expect((await move({ advance: 1 })).body).toMatchObject({ expired: 1 });
    expect(await verify('alice', '111111')).toBe(410);
  });

  test('takes simultaneous moves at all replicas one after the other, and expires each code once', async () => {
    await move({ freeze: true });
    const begin = Date.parse(String((await replicas.send('/mock/clock')).body['now']));
    for (let i = 0; i < 100; i++) await request(`user-${i}`, { ttl: 1 + (i % 10) });
    const moves = await Promise.all(Array.from({ length: 10 }, () => move({ advance: 1 })));
    expect(moves.map(({ status }) => status)).toEqual(new Array(10).fill(200));
    const nows = moves.map(({ body }) => Date.parse(String(body['now']))).sort();
    expect(nows).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((s) => begin + s * 1_000));
    const expired = (await toldSinceReset(redis)).filter((entry) => entry.event?.type === 'otp.expired');
    expect(expired.map(({ event }) => event?.user).sort()).toEqual(
      Array.from({ length: 100 }, (_, i) => `user-${i}`).sort(),
    );
  });

  test('counts each code that a move expires once, also if another replica’s tick expires it meanwhile', async () => {
    for (let isShared = false, rounds = 0; !isShared && rounds < 30; rounds++) {
      await Promise.all(Array.from({ length: 100 }, (_, i) => request(`user-${i}`, { ttl: 3_600 })));
      const now = Date.parse(String((await replicas.send('/mock/clock')).body['now']));
      // The replicas tick at whole seconds.
      await Bun.sleep((2_000 - (now % 1_000) - 4 + (rounds % 8)) % 1_000);
      expect((await move({ advance: 3_600 })).body).toMatchObject({ expired: 100 });
      const entries = (await toldSinceReset(redis))
        .slice(-101)
        .filter(({ event }) => event?.type === 'otp.expired');
      expect(entries).toHaveLength(100);
      isShared = new Set(entries.map(({ by }) => by)).size > 1;
    }
  });

  test.each([
    ['to go to a past moment', { set: '2020-01-01T00:00:00Z' }],
    ['to go more than 366 days ahead', { set: '2999-01-01T00:00:00Z' }],
  ])('refuses %s, and moves nothing', async (_, body) => {
    expect((await move(body)).status).toBe(400);
    expect((await replicas.send('/mock/clock')).body).toMatchObject({ offset: 0 });
  });

  test('that is set back to real time forgets the codes, counts and locks of all replicas', async () => {
    await move({ advance: 600 });
    await request('alice', { code: '111111' });
    for (let i = 0; i < 5; i++) await verify('locked', '000000');
    await request('bob');
    await move({ reset: true });
    expect(await verify('alice', '111111')).toBe(404);
    for (const messages of await inboxes())
      expect(statesOf(messages)).toEqual(['bob cancelled', 'alice cancelled']);
  });
});

test('a code that is expired through one replica is expired at all replicas', async () => {
  await request('alice', { code: '111111' });
  expect((await replicas.post('/mock/expire', { user: 'alice' })).status).toBe(200);
  for (let i = 0; i < 3; i++) expect(await verify('alice', '111111')).toBe(410);
  for (const messages of await inboxes()) expect(statesOf(messages)).toEqual(['alice expired']);
  expect((await replicas.post('/mock/expire', { user: 'alice' })).status).toBe(404);
});

describe('a reset through one replica', () => {
  test('forgets everything at all replicas: codes, counts, locks, messages, fixed codes, faults, events, clock', async () => {
    await replicas.put('/mock/codes', [{ user: 'fixed', code: '123456' }]);
    await replicas.put('/mock/faults', [{ on: 'cancel', status: 500 }]);
    await replicas.post('/mock/clock', { advance: 3_600 });
    await request('locked', { code: '111111' });
    for (let i = 0; i < 5; i++) await verify('locked', '000000');
    expect(await verify('locked', '111111')).toBe(429);
    await request('alice', { code: '111111' });
    expect((await replicas.send('/mock/reset', { method: 'POST' })).status).toBe(200);

    expect(await inboxes()).toEqual([[], [], []]);
    for (const path of ['/mock/codes', '/mock/faults'])
      for (const { text } of await replicas.askAll(path)) expect(text).toBe('[]');
    for (const { body } of await replicas.askAll('/mock/clock'))
      expect(body).toMatchObject({ offset: 0, frozen: false });
    expect(await verify('alice', '111111')).toBe(404);
    expect((await request('locked'))['code']).toBeString();
    for (const of of [0, 1, 2]) {
      const frames = await take(await replicas.events(of, 'of an earlier run'), 3);
      expect(frames.map(({ event }) => event)).toEqual(['missed', 'mock.reset', 'otp.rejected']);
      const resetAt = Date.parse(String(frames[1]?.data['time']));
      expect(Math.abs(resetAt - Date.now())).toBeLessThan(60_000);
    }
  });

  test('of one user leaves other users alone', async () => {
    await request('alice', { code: '111111' });
    await request('bob', { code: '222222' });
    await replicas.post('/mock/reset', { user: 'alice' });
    for (const messages of await inboxes()) expect(statesOf(messages)).toEqual(['bob pending']);
    expect([await verify('alice', '111111'), await verify('bob', '222222')]).toEqual([404, 200]);
  });

  test('gives up deliveries of another replica', async () => {
    const sent: string[] = [];
    const log: string[] = [];
    const channels = [channelOf(async ({ user }) => void sent.push(user))];
    {
      await using both = await startReplicas(2, redis.url, {}, { channels, write: (text) => log.push(text) });
      await both.put('/mock/faults', [{ on: 'delivery', delayMs: 60_000 }]);
      await both.post('/otp/request', { user: 'late', channel: 'webhook' }, 0);
      await both.post('/mock/reset', {}, 1);
      await both.post('/otp/request', { user: 'later', channel: 'webhook' }, 0);
      while (sent.length === 0) await Bun.sleep(5);
    }
    expect(sent).toEqual(['later']);
    // A service that stops says so if something was still on its way.
    expect(log.join('')).not.toContain('messages were dropped');
  });
});

describe('the event streams', () => {
  test('of all replicas have the same events, with the same ids, in the same order', async () => {
    const streams = await Promise.all([0, 1, 2].map((of) => replicas.events(of)));
    const heard = streams.map((stream) => take(stream, 400));
    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => verify(`user-${i}`, (await request(`user-${i}`))['code'])),
    );
    const [first, ...others] = await Promise.all(heard);
    expect(new Set(first?.map(({ id }) => id)).size).toBe(400);
    for (const other of others) expect(other).toEqual(first ?? []);
    const runs = new Set(first?.map(({ id }) => id?.split('-')[0]));
    expect(runs.size).toBe(3);
  });

  test('go on at another replica after the last event of the first', async () => {
    const stream = take(await replicas.events(0), 5);
    for (let i = 0; i < 8; i++) await request(`user-${i}`);
    const told = await stream;
    const others = await take(await replicas.events(1, told.at(-1)?.id), 3);
    expect([...told, ...others].map(({ data }) => data['user'])).toEqual(
      Array.from({ length: 8 }, (_, i) => `user-${i}`),
    );
  });

  test('of a replica that joins have the events from before', async () => {
    const stream = take(await replicas.events(0), 1);
    for (let i = 0; i < 3; i++) await request(`user-${i}`);
    const [first] = await stream;
    await using joined = await startReplicas(1, redis.url);
    const frames = await take(await joined.events(0, first?.id), 2);
    expect(frames.map(({ data }) => data['user'])).toEqual(['user-1', 'user-2']);
  });
});

test('GET /mock/wheel answers 409 with a shared store, which has no wheel', async () => {
  for (const { status, body } of await replicas.askAll('/mock/wheel'))
    expect([status, body['code']]).toEqual([409, 'not_with_shared_store']);
});

test('without Redis each lever answers 503 within a second, and works again once Redis is back', async () => {
  await using server = await RedisServer.start();
  await using both = await startReplicas(2, server.url);
  const levers: [string, RequestInit?][] = [
    ['/mock/inbox'],
    ['/mock/inbox/wait?user=alice'],
    ['/mock/inbox', { method: 'DELETE' }],
    ['/mock/events'],
    ['/mock/clock'],
    ['/mock/codes'],
    ['/mock/codes', { method: 'DELETE' }],
    ['/mock/faults'],
    ['/mock/faults', { method: 'DELETE' }],
    ['/mock/reset', { method: 'POST' }],
  ];
  const answers = () =>
    Promise.all(
      levers
        .flatMap(([path, init]) => [both.send(path, init), both.send(path, init)])
        .concat(both.post('/mock/clock', { advance: 1 }), both.post('/mock/expire', { user: 'alice' })),
    );
  for (const halt of [() => server.freeze(), () => server.kill()]) {
    await halt();
    for (let round = 0; round < 2; round++) {
      const startedAt = ownTime();
      for (const { status, headers, body } of await answers()) {
        expect([status, body['code']]).toEqual([503, 'store_unavailable']);
        expect(headers.get('retry-after')).toBe('1');
      }
      expect(ownTime() - startedAt).toBeLessThan(1_000);
    }
    server.thaw();
  }
  await server.start();
  const startedAt = ownTime();
  while ((await both.send('/mock/clock')).status !== 200 || (await both.send('/mock/clock')).status !== 200)
    await Bun.sleep(20);
  expect(ownTime() - startedAt).toBeLessThan(2_000);
  const waiting = both.send('/mock/inbox/wait?user=alice');
  expect((await both.post('/otp/request', { user: 'alice' })).status).toBe(200);
  expect((await waiting).status).toBe(200);
});

test('a call whose events can’t reach the other replicas fails', async () => {
  await using server = await RedisServer.start();
  await using both = await startReplicas(2, server.url);
  // The store works but the stream doesn't. Nothing but a wrong set-up does that: it is a 500, and logged.
  await server.send('ACL', 'SETUSER', 'default', '-xadd');
  const calls = [
    () => both.post('/otp/request', { user: 'alice' }),
    () => both.post('/otp/cancel', { user: 'alice' }),
    () => both.post('/mock/clock', { advance: 1 }),
    () => both.send('/mock/inbox', { method: 'DELETE' }),
  ];
  for (const call of calls) expect((await call()).status).toBe(500);
  await server.send('ACL', 'SETUSER', 'default', '+xadd');
  expect((await both.post('/otp/request', { user: 'alice' })).status).toBe(200);
});

describe('the digits of a code', () => {
  test('are in no key in strict mode, in which there are no keys of levers either', async () => {
    await using server = await RedisServer.start();
    const codes: string[] = [];
    const channels = [channelOf(async ({ code }) => void codes.push(code))];
    const env = {
      OTP_MODE: 'strict',
      OTP_API_KEYS: 'k'.repeat(32),
      OTP_METRICS_KEYS: 'm'.repeat(32),
      OTP_LENGTH: '10',
    };
    await using strict = await startReplicas(2, server.url, env, { channels });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${'k'.repeat(32)}` };
    const call = (path: string, body: object) =>
      strict.send(path, { method: 'POST', headers, body: JSON.stringify(body) });
    for (let i = 0; i < 20; i++) expect((await call('/otp/request', { user: `user-${i}` })).status).toBe(200);
    while (codes.length < 20) await Bun.sleep(5);
    await call('/otp/verify', { user: 'user-0', code: codes[0] });
    await call('/otp/verify', { user: 'user-1', code: '0000000000' });

    const kept = await everything(server);
    expect(kept.filter(({ key }) => !key.startsWith('otp:strict:')).map(({ key }) => key)).toEqual([]);
    expect(JSON.stringify(kept)).toContain('user-2');
    for (const code of codes) expect(JSON.stringify(kept)).not.toContain(code);
  });

  test('are in one stream and beside the code in mock mode, to be sent again; the stream is bounded, and both expire', async () => {
    await request('alice', { code: '0123456789' });
    const kept = await everything(redis);
    const withDigits = kept.filter(({ value }) => JSON.stringify(value).includes('0123456789'));
    expect(withDigits.map(({ key }) => key.replace(/\{\d+\}:.*/, 'a record')).sort()).toEqual([
      'otp:mock:a record',
      'otp:mock:{lever}:stream',
    ]);
    // All keys expire but what the store was begun with.
    expect(kept.filter(({ ttlMs }) => ttlMs <= 0).map(({ key }) => key)).toEqual(['otp:mock:begun']);

    const stream = 'otp:mock:{lever}:stream';
    const guess = () => replicas.post('/otp/verify', { user: 'nobody', code: '0000' });
    for (let sent = 0; sent < 18_000; sent += 100) await Promise.all(Array.from({ length: 100 }, guess));
    expect(Number(await redis.send('XLEN', stream))).toBeWithin(16_384, 16_600);
  });
});

interface Told {
  by: string;
  does: string;
  event?: { type: string; user?: string };
}

/** What the replicas told each other since the last reset. */
async function toldSinceReset(server: RedisServer): Promise<Told[]> {
  const answer = await server.send('XRANGE', 'otp:mock:{lever}:stream', '-', '+');
  const entries = Object.values(Object(answer)).map((entry): Told => JSON.parse(Object(entry)[1][1]));
  return entries.slice(entries.findLastIndex(({ does }) => does === 'forget') + 1);
}

/** All keys of a Redis with their values. */
async function everything(server: RedisServer) {
  const readers: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => server.send('GET', key),
    hash: (key) => server.send('HGETALL', key),
    list: (key) => server.send('LRANGE', key, '0', '-1'),
    set: (key) => server.send('SMEMBERS', key),
    zset: (key) => server.send('ZRANGE', key, '0', '-1'),
    stream: (key) => server.send('XRANGE', key, '-', '+'),
  };
  const keys = await server.send('KEYS', '*');
  if (!Array.isArray(keys)) throw new Error('KEYS has not returned a list');
  return Promise.all(
    keys.map(async (name) => {
      const key = String(name);
      const read = readers[String(await server.send('TYPE', key))];
      if (read === undefined) throw new Error(`${key} has an unexpected type`);
      return { key, value: await read(key), ttlMs: Number(await server.send('PTTL', key)) };
    }),
  );
}
