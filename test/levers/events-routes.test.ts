import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { EventHistory } from '../../src/levers/events/history.ts';
import { eventStreams } from '../../src/levers/events/stream.ts';
import { createService } from '../../src/service.ts';
import { testService } from '../support/api.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { frames, take } from '../support/sse.ts';

/** A service, and streams of its events. */
function streamRig(env: Record<string, string> = {}) {
  const it = testService(env);
  const open = async (headers: Record<string, string> = {}) => {
    const request = new Request('http://localhost/mock/events', { headers });
    const response = await it.service.app.handle(request);
    return { response, events: frames(response.body) };
  };
  return { ...it, open };
}

describe('GET /mock/events', () => {
  test('sends every event as it happens, with its id, its type and itself as JSON', async () => {
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

  test('sends events of codes, resets, clock moves and emptied inboxes, and no internal ones', async () => {
    const { open, post, send, clock } = streamRig({ OTP_MAX_ATTEMPTS: '1' });
    const { events } = await open();
    const told = take(events, 11);
    await post('/otp/request', { user: 'alice', code: '111111' });
    await post('/otp/request', { user: 'alice', code: '222222' });
    await post('/otp/verify', { user: 'alice', code: '111111' });
    await post('/otp/request', { user: 'bob', ttl: 60 });
    await post('/mock/clock', { advance: 60 });
    await send('/mock/inbox?user=bob', { method: 'DELETE' });
    await send('/mock/inbox', { method: 'DELETE' });
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
      ['mock.inbox_emptied', 'bob'],
      ['mock.inbox_emptied', undefined],
      ['mock.reset', 'bob'],
    ]);
  });

  test('sends all that happens after it answered, also before the client reads', async () => {
    const { open, post } = streamRig();
    const { events } = await open();
    await post('/otp/request', { user: 'alice' });
    const first = take(events, 1);
    await post('/otp/request', { user: 'bob' });
    expect((await first).map(({ data }) => data['user'])).toEqual(['alice']);
  });

  test('goes on after the event that Last-Event-ID names', async () => {
    const { open, post } = streamRig();
    for (const user of ['a', 'b', 'c']) await post('/otp/request', { user });
    const all = await take((await open({ 'last-event-id': '0' })).events, 4);
    const { events } = await open({ 'last-event-id': String(all[1]?.id) });
    expect((await take(events, 2)).map(({ data }) => data['user'])).toEqual(['b', 'c']);
  });

  test.each(['0', 'mws4q1rfd2c6-e7', 'x'])(
    'with %j, an unknown id, sends a missed event and then all that is kept',
    async (id) => {
      const { open, post } = streamRig();
      for (const user of ['a', 'b']) await post('/otp/request', { user });
      const [missed, ...events] = await take((await open({ 'last-event-id': id })).events, 3);
      expect(missed).toEqual({ event: 'missed', data: { missed: null } });
      expect(events.map(({ data }) => data['user'])).toEqual(['a', 'b']);
    },
  );

  test('tells a slow reader how many events it missed, and then sends all that are kept', async () => {
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

  test('sends at most 1,000 events in 50 ms, so that a flood leaves time for other work', async () => {
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

  test('sends chunks of 64 KiB and an event at most, so that a client that does not read costs little', async () => {
    const { open, post, clock } = streamRig();
    const { response } = await open({ 'last-event-id': '0' });
    for (let i = 0; i < 500; i++) await post('/otp/request', { user: `${i}-${'x'.repeat(200)}` });
    const reader = response.body?.getReader();
    const sizes: number[] = [];
    for (let sent = 0; sent < 150_000; ) {
      const next = reader?.read();
      await clock.advance(50);
      sizes.push((await next)?.value?.byteLength ?? 0);
      sent += sizes.at(-1) ?? 0;
    }
    expect(Math.max(...sizes)).toBeWithin(60_000, 65_536 + 1_024);
  });

  test('has 256 readers at most: one more gets 503 until one of them leaves', async () => {
    const { open } = streamRig();
    const readers = await Promise.all(Array.from({ length: 256 }, () => open()));
    expect(new Set(readers.map(({ response }) => response.status))).toEqual(new Set([200]));
    const { response } = await open();
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '30']);
    expect(await response.json()).toMatchObject({ code: 'too_many_streams', retryAfter: 30 });
    await readers[7]?.response.body?.cancel();
    expect((await open()).response.status).toBe(200);
    expect((await open()).response.status).toBe(503);
  });

  test('sends nothing from before a reset, not even with Last-Event-ID', async () => {
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

  test('tells a reader that follows what happened before a reset, and misses nothing', async () => {
    const { open, post, clock } = streamRig();
    const { events } = await open();
    const told = take(events, 4);
    await post('/otp/request', { user: 'first' });
    await clock.settle();
    // The reader gathers events now. These come before its next chunk.
    await post('/otp/request', { user: 'second' });
    await post('/mock/reset', {});
    await post('/otp/request', { user: 'third' });
    await clock.advance(1_000);
    expect((await told).map(({ event, data }) => [event, data['user']])).toEqual([
      ['otp.requested', 'first'],
      ['otp.requested', 'second'],
      ['mock.reset', undefined],
      ['otp.requested', 'third'],
    ]);
  });

  /** A stream of a history that a test writes. */
  const streamOf = () => {
    const history = new EventHistory(10);
    const clock = new ManualClock();
    const stream = eventStreams(history, clock, new AbortController().signal);
    return {
      history,
      clock,
      open: (init = {}) => stream(new Request('http://localhost/', init), null).body?.getReader(),
    };
  };

  test('stops its timer when the client disconnects', async () => {
    const { clock, open } = streamOf();
    const reader = open();
    await reader?.read();
    reader?.read();
    await clock.settle();
    expect(clock.sleeping).toBe(1);
    await reader?.cancel();
    await clock.settle();
    expect(clock.sleeping).toBe(0);
  });

  test('has one timer at a time, however many events it has sent', async () => {
    const { history, clock, open } = streamOf();
    const reader = open();
    await reader?.read();
    for (let i = 0; i < 5; i++) {
      const next = reader?.read();
      await clock.settle();
      history.onEvent({ type: 'mock.reset', id: `run-e${i}`, time: 0 });
      await clock.advance(50);
      await next;
    }
    reader?.read();
    await clock.advance(50);
    expect(clock.sleeping).toBe(1);
  });

  test('sends a comment after 15 s of real time without an event', async () => {
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

  test('a hundred readers get the same events, all of them', async () => {
    const readers = await Promise.all(Array.from({ length: 100 }, () => fetch(`${service.url}/mock/events`)));
    const told = readers.map(({ body }) => take(frames(body), 20));
    for (let i = 0; i < 20; i++) await post('/otp/request', { user: `user-${i}` });
    const users = (await Promise.all(told)).map((events) => events.map(({ data }) => data['user']));
    for (const one of users) expect(one).toEqual(Array.from({ length: 20 }, (_, i) => `user-${i}`));
    await Promise.all(readers.map(({ body }) => body?.cancel().catch(() => {})));
  });

  test('a stream ends properly when the service stops', async () => {
    const stopping = createService({ PORT: '0', HOST: '127.0.0.1' });
    const { body } = await fetch(`${await stopping.listen()}/mock/events`);
    const reader = body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await stopping.stop();
    // A broken connection would make this reject.
    expect((await reader?.read())?.done).toBe(true);
  });

  test('a fault with drop closes the connection without an answer', async () => {
    await post('/mock/faults', [{ on: 'request', times: 1, drop: true }], 'PUT');
    const ask = () => post('/otp/request', { user: 'alice' });
    expect(await ask().then(String, ({ code }) => code)).toBe('ECONNRESET');
    expect((await ask()).status).toBe(200);
  });
});
