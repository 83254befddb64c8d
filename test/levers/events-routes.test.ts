import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { EventHistory } from '../../src/levers/events/history.ts';
import { eventStreams } from '../../src/levers/events/stream.ts';
import { createService } from '../../src/service.ts';
import { rig } from '../support/api.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { frames, take } from '../support/sse.ts';

/** A service, and streams of its events. */
function streamRig(env: Record<string, string> = {}) {
  const it = rig(env);
  const open = async (headers: Record<string, string> = {}) => {
    const request = new Request('http://localhost/mock/events', { headers });
    const response = await it.service.app.handle(request);
    return { response, events: frames(response.body) };
  };
  return { ...it, open };
}

describe('GET /mock/events', () => {
  test('tells every event as it happens, with its id, its name and itself as JSON', async () => {
    const { open, post } = streamRig();
    await post('/otp/request', { user: 'before' });
    const { response, events } = await open();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const first = take(events, 1);
    const { body } = await post(
      '/otp/request',
      { user: 'alice', code: '042137', ttl: 60 },
      { 'x-request-id': 'mine' },
    );
    const [frame] = await first;
    expect(frame?.event).toBe('otp.requested');
    expect(frame?.id).toBe(String(frame?.data['id']));
    expect(frame?.data).toEqual({
      id: frame?.id,
      type: 'otp.requested',
      time: '2026-01-01T00:00:00.000Z',
      user: 'alice',
      purpose: 'default',
      otp: body['id'],
      expiresAt: '2026-01-01T00:01:00.000Z',
      code: '042137',
      requestId: 'mine',
    });
  });

  test('tells what becomes of codes, of resets and of moves of the clock, and nothing of ours', async () => {
    const { open, post, clock } = streamRig({ OTP_MAX_ATTEMPTS: '1' });
    const { events } = await open();
    const told = take(events, 9);
    await post('/otp/request', { user: 'alice', code: '111111' });
    await post('/otp/request', { user: 'alice', code: '222222' });
    await post('/otp/verify', { user: 'alice', code: '111111' });
    await post('/otp/request', { user: 'bob', ttl: 60 });
    await post('/mock/clock', { advance: 60 });
    await post('/mock/reset', { user: 'bob' });
    await clock.advance(1_000);
    expect(
      (await told).map(({ data: { type, reason, offset, user } }) => [type, reason ?? offset ?? user]),
    ).toEqual([
      ['otp.requested', 'alice'],
      ['otp.replaced', 'alice'],
      ['otp.requested', 'alice'],
      ['otp.rejected', 'wrong'],
      ['otp.locked', 'alice'],
      ['otp.requested', 'bob'],
      ['mock.clock', 60],
      ['otp.expired', 'bob'],
      ['mock.reset', 'bob'],
    ]);
  });

  test('tells all that happens once it has answered, though nobody reads it yet', async () => {
    const { open, post } = streamRig();
    const { events } = await open();
    await post('/otp/request', { user: 'alice' });
    const first = take(events, 1);
    await post('/otp/request', { user: 'bob' });
    expect((await first).map(({ data }) => data['user'])).toEqual(['alice']);
  });

  test('goes on behind the event that Last-Event-ID names', async () => {
    const { open, post } = streamRig();
    for (const user of ['a', 'b', 'c']) await post('/otp/request', { user });
    const all = await take((await open({ 'last-event-id': '0' })).events, 4);
    const { events } = await open({ 'last-event-id': String(all[1]?.id) });
    expect((await take(events, 2)).map(({ data }) => data['user'])).toEqual(['b', 'c']);
  });

  test.each(['0', 'mws4q1rfd2c6-e7', 'x'])(
    'with %j, an id it does not know, says so and tells all that is kept',
    async (id) => {
      const { open, post } = streamRig();
      for (const user of ['a', 'b']) await post('/otp/request', { user });
      const [missed, ...events] = await take((await open({ 'last-event-id': id })).events, 3);
      expect(missed).toEqual({ event: 'missed', data: { missed: null } });
      expect(events.map(({ data }) => data['user'])).toEqual(['a', 'b']);
    },
  );

  test('tells a reader that was slow how many events it missed, and then all that are kept', async () => {
    const { open, post, clock } = streamRig();
    const { events } = await open();
    const first = take(events, 1);
    await post('/otp/request', { user: 'first' });
    await first;
    for (let i = 0; i < 2_100; i++) await post('/otp/request', { user: 'alice' });
    // A request and a replacement each, but for the first; 4,096 are kept.
    const count = 2 * 2_100 - 1;
    const told = take(events, 4_097);
    await clock.settle();
    for (let i = 0; i < 10; i++) await clock.advance(50);
    const [missed, ...rest] = await told;
    expect(missed).toEqual({ event: 'missed', data: { missed: count - 4_096 } });
    expect(new Set(rest.map(({ id }) => id)).size).toBe(4_096);
  });

  test('tells no more than 1,000 events in 50 ms, however many there are, so that others have their turn', async () => {
    const { open, post, clock } = streamRig();
    const { response } = await open({ 'last-event-id': '0' });
    for (let i = 0; i < 3_000; i++) await post('/otp/request', { user: `user-${i}` });
    let told = 0;
    (async () => {
      for await (const _ of frames(response.body)) told++;
    })();
    const counts: number[] = [];
    for (let i = 0; i < 4; i++) {
      await clock.settle();
      counts.push(told);
      await clock.advance(50);
    }
    expect(counts).toEqual([1_001, 2_001, 3_001, 3_001]);
  });

  test('tells nothing from before a reset, not even who asks for it', async () => {
    const { open, post } = streamRig();
    await post('/otp/request', { user: 'before' });
    await post('/mock/reset', {});
    await post('/otp/request', { user: 'after' });
    const { events } = await open({ 'last-event-id': '0' });
    const types = (await take(events, 3)).map(({ event, data }) => [event, data['user']]);
    expect(types).toEqual([
      ['missed', undefined],
      ['mock.reset', undefined],
      ['otp.requested', 'after'],
    ]);
  });

  test('lets go of a reader that has gone', async () => {
    const history = new EventHistory(10);
    const clock = new ManualClock();
    const stream = eventStreams(history, clock, new AbortController().signal);
    const reader = stream(new Request('http://localhost/mock/events'), null).body?.getReader();
    await reader?.read();
    reader?.read();
    await clock.settle();
    expect([history.waiting, clock.sleeping]).toEqual([1, 1]);
    await reader?.cancel();
    await clock.settle();
    expect([history.waiting, clock.sleeping]).toEqual([0, 0]);
  });

  test('leaves nothing behind for what it has told', async () => {
    const history = new EventHistory(10);
    const clock = new ManualClock();
    const stream = eventStreams(history, clock, new AbortController().signal);
    const reader = stream(new Request('http://localhost/mock/events'), null).body?.getReader();
    await reader?.read();
    for (let i = 0; i < 5; i++) {
      const next = reader?.read();
      await clock.settle();
      history.hear({ type: 'mock.reset', id: `run-e${i}`, time: 0 });
      await clock.advance(50);
      await next;
    }
    reader?.read();
    await clock.advance(50);
    expect([history.waiting, clock.sleeping]).toEqual([1, 1]);
  });

  test('says that it is still there when nothing has happened for 15 s of real time', async () => {
    const { open, clock } = streamRig();
    const { response } = await open();
    const reader = response.body?.getReader();
    const read = async () => new TextDecoder().decode((await reader?.read())?.value);
    expect(await read()).toBe('retry: 1000\n\n');
    for (let i = 0; i < 3; i++) {
      const next = read();
      await clock.settle();
      await clock.advance(15_000);
      expect(await next).toBe(': still here\n\n');
    }
  });

  test('has no HEAD', async () => {
    const { status, headers } = await streamRig().send('/mock/events', { method: 'HEAD' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET']);
  });
});

describe('over a port', () => {
  const service = createService({ PORT: '0', HOST: '127.0.0.1' });
  const post = (path: string, body: object, method = 'POST') =>
    fetch(service.url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  beforeAll(() => service.listen());
  afterAll(() => service.stop());

  test('a hundred readers are told the same, each whole', async () => {
    const readers = await Promise.all(Array.from({ length: 100 }, () => fetch(`${service.url}/mock/events`)));
    const told = readers.map(({ body }) => take(frames(body), 20));
    for (let i = 0; i < 20; i++) await post('/otp/request', { user: `user-${i}` });
    const users = (await Promise.all(told)).map((events) => events.map(({ data }) => data['user']));
    for (const one of users) expect(one).toEqual(Array.from({ length: 20 }, (_, i) => `user-${i}`));
    await Promise.all(readers.map(({ body }) => body?.cancel().catch(() => {})));
  });

  test('a stream ends, whole, when the service stops', async () => {
    const stopping = createService({ PORT: '0', HOST: '127.0.0.1' });
    const { body } = await fetch(`${await stopping.listen()}/mock/events`);
    const reader = body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await stopping.stop();
    // Were it broken off, this would reject.
    expect((await reader?.read())?.done).toBe(true);
  });

  test('a fault breaks the connection off without an answer', async () => {
    await post('/mock/faults', [{ on: 'request', times: 1, drop: true }], 'PUT');
    const ask = () => post('/otp/request', { user: 'alice' });
    expect(await ask().then(String, ({ code }) => code)).toBe('ECONNRESET');
    expect((await ask()).status).toBe(200);
  });
});
