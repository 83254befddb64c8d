import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { MovableClock } from '../../src/levers/clock/movable-clock.ts';
import { Inbox } from '../../src/levers/inbox/inbox.ts';
import { inboxRoutes } from '../../src/levers/inbox/routes.ts';
import { testService } from '../support/api.ts';
import { ManualClock } from '../support/manual-clock.ts';

const get = (path: string, query: Record<string, string>) => `${path}?${new URLSearchParams(query)}`;

describe('GET /mock/inbox', () => {
  test('shows each code with what became of it', async () => {
    const { post, send } = testService();
    const { body } = await post('/otp/request', { user: '+15551234', code: '042137', ttl: 60 });
    expect((await send('/mock/inbox')).body).toEqual({
      messages: [
        {
          id: body['id'],
          user: '+15551234',
          purpose: 'default',
          code: '042137',
          createdAt: '2026-01-01T00:00:00.000Z',
          expiresAt: '2026-01-01T00:01:00.000Z',
          state: 'pending',
          sends: [{ time: '2026-01-01T00:00:00.000Z', channel: 'none' }],
          channel: 'none',
          delivery: 'none',
        },
      ],
    });
    await post('/otp/verify', { user: '+15551234', code: '042137' });
    expect((await send('/mock/inbox')).body).toMatchObject({ messages: [{ state: 'verified' }] });
  });

  test('filters by user and purpose, and returns at most `limit` messages', async () => {
    const { post, send } = testService();
    for (const purpose of ['login', 'reset', 'login']) await post('/otp/request', { user: 'a&b=c', purpose });
    await post('/otp/request', { user: 'bob' });
    const count = async (query: Record<string, string>) =>
      [(await send(get('/mock/inbox', query))).body['messages']].flat().length;
    expect(await count({ user: 'a&b=c' })).toBe(3);
    expect(await count({ user: 'a&b=c', purpose: 'reset' })).toBe(1);
    expect(await count({ limit: '2' })).toBe(2);
    expect(await count({})).toBe(4);
  });

  test('says what it looked for if a filter matches nothing', async () => {
    const { post, send } = testService();
    await post('/otp/request', { user: 'alice+test@example.com', purpose: 'login' });
    const detail = async (query: string) => (await send(`/mock/inbox${query}`)).body['detail'];
    expect(await detail('?user=alice+test@example.com')).toBe(
      'No message for user "alice test@example.com". The user contains a blank: write + as %2B.',
    );
    expect(await detail('?purpose=reset')).toBe('No message for purpose "reset".');
    expect(await detail('?user=alice%2Btest@example.com')).toBeUndefined();
    expect(await detail('')).toBeUndefined();
  });

  test('shows whether a code was locked, replaced or cancelled', async () => {
    const { post, send } = testService({ OTP_MAX_ATTEMPTS: '1' });
    for (const user of ['locked', 'cancelled', 'replaced', 'replaced'])
      await post('/otp/request', { user, code: '111111' });
    await post('/otp/verify', { user: 'locked', code: '999999' });
    await post('/otp/cancel', { user: 'cancelled' });
    const { body } = await send('/mock/inbox');
    const states = [body['messages']].flat().map((it) => JSON.parse(JSON.stringify(it)).state);
    expect(states).toEqual(['pending', 'replaced', 'cancelled', 'locked']);
  });
});

describe('DELETE /mock/inbox', () => {
  test('drops all messages, or those of one user, and ends no code', async () => {
    const { post, send } = testService();
    for (const user of ['alice', 'alice', 'bob']) await post('/otp/request', { user, code: '111111' });
    expect((await send('/mock/inbox?user=alice', { method: 'DELETE' })).body).toEqual({ deleted: 2 });
    expect((await send('/mock/inbox', { method: 'DELETE' })).body).toEqual({ deleted: 1 });
    expect((await send('/mock/inbox')).body).toEqual({ messages: [] });
    expect((await post('/otp/verify', { user: 'alice', code: '111111' })).status).toBe(200);
  });
});

describe('an invalid query is answered 400 with the reason:', () => {
  test.each([
    ['/mock/inbox?user=+15551234', '/user', 'starts with a space: write + as %2B'],
    ['/mock/inbox?user=%2015551234', '/user', 'starts with a space: write + as %2B'],
    ['/mock/inbox?user=a&user=b', '/user', 'must appear only once'],
    ['/mock/inbox?user=%ff', '/user', 'must be percent-encoded UTF-8'],
    ['/mock/inbox?user=%', '/user', 'must be percent-encoded UTF-8'],
    ['/mock/inbox?user=', '/user', 'must be a string of 1 to 256 bytes'],
    ['/mock/inbox?user=a%00', '/user', 'must be a string of 1 to 256 bytes'],
    ['/mock/inbox?limit=0', '/limit', 'must be a whole number from 1 to 1000'],
    ['/mock/inbox?limit=1e3', '/limit', 'must be a whole number'],
    ['/mock/inbox?limit', '/limit', 'must be a whole number'],
    ['/mock/inbox?limit=007', '/limit', 'must be a whole number'],
    ['/mock/inbox?toString=a&toString=b', '/toString', 'is not a field of this request'],
    ['/mock/inbox?usr=alice', '/usr', 'is not a field of this request'],
    ['/mock/inbox?__proto__=alice', '/__proto__', 'is not a field of this request'],
    ['/mock/inbox/wait', '/user', 'is missing'],
    ['/mock/inbox/wait?user=a&timeout=61', '/timeout', 'must be a whole number from 0 to 60'],
    ['/mock/inbox/wait?user=a&timeout=-1', '/timeout', 'must be a whole number from 0 to 60'],
    ['/mock/inbox/wait?user=a&after=yesterday', '/after', 'must be the id of a message, or 0'],
  ])('%s', async (path, field, detail) => {
    const { status, body, text } = await testService().send(path);
    expect([status, body['code']]).toEqual([400, 'invalid_request']);
    const [first] = [body['errors']].flat();
    expect(first).toEqual({ field, detail: expect.stringContaining(detail) });
    expect(text.length).toBeLessThan(1_024);
  });
});

describe('GET /mock/inbox/wait', () => {
  test('answers at once with the newest pending code', async () => {
    const { post, send } = testService();
    const { body } = await post('/otp/request', { user: 'alice', code: '111111' });
    const answer = await send('/mock/inbox/wait?user=alice');
    expect(answer).toMatchObject({ status: 200, body: { id: body['id'], code: '111111', state: 'pending' } });
  });

  test('finds a message that is there, with a timeout of 0 too', async () => {
    const { post, send } = testService();
    await post('/otp/request', { user: 'alice', code: '111111' });
    expect((await send('/mock/inbox/wait?user=alice&timeout=0')).body).toMatchObject({ code: '111111' });
  });

  test('answers when the code comes, and not with another user’s or purpose’s before', async () => {
    const { post, send, clock } = testService();
    const waiting = send('/mock/inbox/wait?user=alice&purpose=login');
    await clock.settle();
    await post('/otp/request', { user: 'bob', purpose: 'login' });
    await post('/otp/request', { user: 'alice', purpose: 'reset' });
    await clock.advance(9_999);
    await post('/otp/request', { user: 'alice', purpose: 'login', code: '222222' });
    expect(await waiting).toMatchObject({ status: 200, body: { code: '222222' } });
  });

  test.each([
    ['', 10_000],
    ['&timeout=60', 60_000],
    ['&timeout=0', 0],
  ])('answers 404 no_message after its timeout in real time: %j', async (timeout, ms) => {
    const { post, send, clock } = testService();
    let answered = false;
    const waiting = send(`/mock/inbox/wait?user=alice${timeout}`).finally(() => {
      answered = true;
    });
    await clock.settle();
    await post('/mock/clock', { advance: 3_600 });
    await clock.advance(ms - 1);
    expect(answered).toBe(ms === 0);
    await clock.advance(1);
    expect(await waiting).toMatchObject({ status: 404, body: { code: 'no_message' } });
  });

  test.each([
    ['user=alice', 'No message for user "alice" arrived within 0 s.'],
    ['user=alice&purpose=login', 'No message for user "alice" and purpose "login" arrived within 0 s.'],
    [
      'user=alice+test@example.com',
      'No message for user "alice test@example.com" arrived within 0 s. The user contains a blank: write + as %2B.',
    ],
    [`user=${'%F0%9F%98%80'.repeat(64)}`, `No message for user "${'😀'.repeat(64)}" arrived within 0 s.`],
    [`user=${'a'.repeat(65)}`, `No message for user "${'a'.repeat(64)}" arrived within 0 s.`],
  ])('404 no_message names the user and the purpose: %s', async (query, detail) => {
    const { body, text } = await testService().send(`/mock/inbox/wait?timeout=0&${query}`);
    expect(body['detail']).toBe(`${detail} Check that a code was requested, and for which user and purpose.`);
    expect(Buffer.byteLength(text)).toBeLessThan(1_024);
  });

  test('with the id of the last message answers with the one after it', async () => {
    const { post, send } = testService();
    const ask = async () => String((await post('/otp/request', { user: 'alice' })).body['id']);
    const first = await ask();
    const second = await ask();
    const third = await ask();
    const after = async (id: string) =>
      (await send(get('/mock/inbox/wait', { user: 'alice', after: id }))).body;
    expect(await after(first)).toMatchObject({ id: second, state: 'replaced' });
    expect(await after(second)).toMatchObject({ id: third, state: 'pending' });
    expect(await after('0')).toMatchObject({ id: first });
  });

  test('stops its timer when the client disconnects, and when it is answered', async () => {
    const clock = new ManualClock();
    const inbox = new Inbox(clock);
    const levers = { inbox, emptyInbox: async () => 0, clock: new MovableClock(clock) };
    const routes = inboxRoutes(levers, new AbortController().signal);
    const leaving = new AbortController();
    const wait = (signal?: AbortSignal) =>
      routes.handle(new Request('http://localhost/inbox/wait?user=alice', signal ? { signal } : {}));
    const left = wait(leaving.signal);
    await clock.settle();
    expect(clock.sleeping).toBe(1);
    leaving.abort();
    await left;
    expect(clock.sleeping).toBe(0);
    const answered = wait();
    await clock.settle();
    const about = { id: 'run-e1', time: clock.now(), user: 'alice', purpose: 'default', otp: 'run-c1' };
    inbox.onEvent({ type: 'otp.requested', ...about, code: '111111', expiresAt: clock.now() + 1_000 });
    expect((await answered).status).toBe(200);
    expect(clock.sleeping).toBe(0);
  });

  test('has 256 waiting calls at most: one more gets 503 until one of them is answered', async () => {
    const { send, post, clock } = testService();
    const wait = (user: string) => send(`/mock/inbox/wait?user=${user}`);
    const waiting = Array.from({ length: 256 }, (_, i) => wait(`user-${i}`));
    await clock.settle();
    const refused = await wait('user-256');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    expect(refused.body).toMatchObject({ code: 'too_many_waits', retryAfter: 10 });
    await post('/otp/request', { user: 'user-7', code: '111111' });
    expect(await waiting[7]).toMatchObject({ status: 200, body: { code: '111111' } });
    expect((await wait('user-7')).status).toBe(200);
    const late = wait('user-256');
    await clock.settle();
    expect((await wait('user-257')).status).toBe(503);
    await clock.advance(10_000);
    expect((await late).status).toBe(404);
  });

  test('has no HEAD', async () => {
    const { send } = testService();
    const { status, headers } = await send('/mock/inbox/wait?user=alice', { method: 'HEAD' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET']);
    expect((await send('/mock/inbox', { method: 'HEAD' })).status).toBe(200);
  });
});

describe('over a port', () => {
  const { service, post, clock } = testService({ PORT: '0', HOST: '127.0.0.1' });
  beforeAll(() => service.listen());
  afterAll(() => service.stop());

  test('100 calls wait at once, and each one gets the code', async () => {
    const waiting = Array.from({ length: 100 }, () => fetch(`${service.url}/mock/inbox/wait?user=crowd`));
    // The ticker sleeps, and so does each waiting call.
    while (clock.sleeping < 101) await clock.settle();
    await post('/otp/request', { user: 'crowd', code: '123456' });
    const answers = await Promise.all(waiting.map(async (answer) => (await answer).json()));
    expect(answers).toHaveLength(100);
    for (const answer of answers) expect(answer).toMatchObject({ code: '123456' });
  });

  test('a waiting call is answered 503 not_ready when the service stops', async () => {
    const stopping = testService({ PORT: '0', HOST: '127.0.0.1' });
    await stopping.service.listen();
    const waiting = fetch(`${stopping.service.url}/mock/inbox/wait?user=alice&timeout=60`);
    // The ticker sleeps, and so does the waiting call.
    while (stopping.clock.sleeping < 2) await stopping.clock.settle();
    await stopping.service.stop();
    const answer = await waiting;
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ code: 'not_ready' });
    await clock.settle();
  });
});
