import { describe, expect, test } from 'bun:test';
import { testService } from '../support/api.ts';

const move = (body: object, { post }: ReturnType<typeof testService>) => post('/mock/clock', body);

describe('POST /mock/clock', () => {
  test('moves service time ahead, and it flows on from there', async () => {
    const it = testService();
    expect((await it.send('/mock/clock')).body).toEqual({
      now: '2026-01-01T00:00:00.000Z',
      offset: 0,
      frozen: false,
    });
    expect((await move({ advance: 90 }, it)).body).toEqual({
      now: '2026-01-01T00:01:30.000Z',
      offset: 90,
      frozen: false,
      expired: 0,
    });
    it.clock.set(it.clock.now() + 1_500);
    expect((await it.send('/mock/clock')).body).toMatchObject({
      now: '2026-01-01T00:01:31.500Z',
      offset: 90,
    });
  });

  test('answers once all that became due has expired and is announced, with the number of codes', async () => {
    const it = testService();
    for (let i = 0; i < 3_000; i++) await it.post('/otp/request', { user: `user-${i}`, ttl: 60 + (i % 2) });
    expect((await move({ advance: 60 }, it)).body).toMatchObject({ expired: 1_500 });
    await it.clock.settle();
    expect(it.log().filter(({ message }) => message === 'otp.expired')).toMatchObject([{ count: 1_500 }]);
    expect((await move({ advance: 1 }, it)).body).toMatchObject({ expired: 1_500 });
    expect((await move({ advance: 3_600 }, it)).body).toMatchObject({ expired: 0 });
  });

  test('expires codes whose deadline lies within the unfinished second, and no later ones', async () => {
    const it = testService();
    it.clock.set(it.clock.now() + 400);
    for (let i = 0; i < 1_200; i++) await it.post('/otp/request', { user: `user-${i}`, ttl: 60 });
    it.clock.set(it.clock.now() + 10);
    await it.post('/otp/request', { user: 'later', code: '111111', ttl: 60 });
    it.clock.set(it.clock.now() - 5);
    expect((await move({ advance: 60 }, it)).body).toMatchObject({ expired: 1_200 });
    expect((await it.post('/otp/verify', { user: 'later', code: '111111' })).status).toBe(200);
    expect((await move({ advance: 60 }, it)).body).toMatchObject({ expired: 0 });
  });

  test('shows a code that a move expired as expired for a minute, however far the move went', async () => {
    const it = testService();
    await it.post('/otp/request', { user: 'alice', code: '111111' });
    await move({ advance: 31_622_400 }, it);
    const verify = async () => (await it.post('/otp/verify', { user: 'alice', code: '111111' })).status;
    expect(await verify()).toBe(410);
    await move({ advance: 59 }, it);
    expect(await verify()).toBe(410);
    await move({ advance: 2 }, it);
    expect(await verify()).toBe(404);
  });

  test('moves locks, cooldowns and windows as well', async () => {
    const it = testService({ OTP_MAX_ATTEMPTS: '1', OTP_RESEND_COOLDOWN: '30', OTP_LOCKOUT: '300' });
    await it.post('/otp/request', { user: 'alice', code: '111111' });
    await it.post('/otp/verify', { user: 'alice', code: '999999' });
    expect((await it.post('/otp/request', { user: 'alice' })).body).toMatchObject({ code: 'locked' });
    await move({ advance: 300 }, it);
    expect((await it.post('/otp/request', { user: 'alice' })).status).toBe(200);
    expect((await it.post('/otp/request', { user: 'alice' })).body).toMatchObject({
      code: 'resend_cooldown',
      retryAfter: 30,
    });
    await move({ advance: 30 }, it);
    expect((await it.post('/otp/request', { user: 'alice' })).status).toBe(200);
  });

  test('freezes service time, and lets it flow on from where it is', async () => {
    const it = testService();
    await it.post('/otp/request', { user: 'alice', code: '111111', ttl: 60 });
    expect((await move({ freeze: true }, it)).body).toMatchObject({ frozen: true, offset: 0 });
    await it.clock.advance(3_600_000);
    expect((await it.send('/mock/clock')).body).toMatchObject({
      now: '2026-01-01T00:00:00.000Z',
      offset: -3_600,
    });
    expect((await it.post('/otp/verify', { user: 'alice', code: '000000' })).status).toBe(401);
    expect((await move({ freeze: false }, it)).body).toMatchObject({ frozen: false, offset: -3_600 });
    await it.clock.advance(60_000);
    expect((await it.post('/otp/verify', { user: 'alice', code: '111111' })).status).toBe(410);
  });

  test('sets service time to a later moment, written in any time zone', async () => {
    const it = testService();
    expect((await move({ set: '2026-01-02T02:00:00.250+02:00' }, it)).body).toMatchObject({
      now: '2026-01-02T00:00:00.250Z',
      offset: 86_400.25,
    });
  });

  test.each([
    ['a past moment', '2025-12-31T23:59:59Z'],
    ['a moment more than 366 days ahead', '2027-01-02T00:00:01Z'],
  ])('refuses %s, and moves nothing', async (_, set) => {
    const it = testService();
    expect(await move({ set }, it)).toMatchObject({ status: 400, body: { errors: [{ field: '/set' }] } });
    expect((await it.send('/mock/clock')).body).toMatchObject({ offset: 0 });
    await it.clock.settle();
    expect(it.log()).toEqual([]);
  });

  test('never goes past the year 9998, after which moments are written differently: no call fails there', async () => {
    const it = testService();
    it.clock.set(Date.UTC(9_998, 6, 1));
    expect((await move({ advance: 15_000_000 }, it)).status).toBe(200);
    expect(await move({ advance: 15_000_000 }, it)).toMatchObject({
      status: 400,
      body: { errors: [{ field: '/advance' }] },
    });
    expect((await it.post('/otp/request', { user: 'alice', ttl: 3_600 })).status).toBe(200);
    expect((await it.send('/mock/clock')).body).toMatchObject({ offset: 15_000_000 });
  });

  test('goes back to real time by a reset only, which forgets codes, counts and locks', async () => {
    const it = testService({ OTP_MAX_ATTEMPTS: '1' });
    await it.post('/otp/request', { user: 'locked', code: '111111' });
    await it.post('/otp/verify', { user: 'locked', code: '999999' });
    await move({ advance: 600 }, it);
    await it.post('/otp/request', { user: 'alice', code: '111111' });
    expect((await move({ reset: true }, it)).body).toEqual({
      now: '2026-01-01T00:00:00.000Z',
      offset: 0,
      frozen: false,
      expired: 0,
    });
    expect((await it.post('/otp/verify', { user: 'alice', code: '111111' })).status).toBe(404);
    expect((await it.post('/otp/request', { user: 'locked' })).status).toBe(200);
    expect((await it.send('/mock/inbox?user=alice')).body).toMatchObject({
      messages: [{ state: 'cancelled' }],
    });
    await it.post('/otp/request', { user: 'bob', ttl: 60 });
    expect((await move({ advance: 60 }, it)).body).toMatchObject({ expired: 1 });
  });

  test('takes simultaneous moves one after the other, and counts what each expired', async () => {
    const it = testService();
    for (let i = 0; i < 1_000; i++) await it.post('/otp/request', { user: `user-${i}`, ttl: 1 + (i % 10) });
    const moves = await Promise.all(Array.from({ length: 10 }, () => move({ advance: 1 }, it)));
    expect(moves.map(({ body }) => body['expired'])).toEqual(new Array(10).fill(100));
    expect(moves.map(({ body }) => body['offset'])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test.each([
    ['nothing', {}],
    ['two moves at once', { advance: 1, freeze: true }],
    ['zero seconds', { advance: 0 }],
    ['half a second', { advance: 0.5 }],
    ['seconds as a string', { advance: '60' }],
    ['more than 366 days', { advance: 31_622_401 }],
    ['a moment without a zone', { set: '2026-01-02T00:00:00' }],
    ['a moment that does not exist', { set: '2026-13-45T00:00:00Z' }],
    ['31 November', { set: '2026-11-31T00:00:00Z' }],
    ['29 February of a year without one', { set: '2026-02-29T00:00:00+02:00' }],
    ['24 o’clock', { set: '2026-11-30T24:00:00Z' }],
    ['a reset that is false', { reset: false }],
    ['an unknown move', { rewind: 60 }],
  ])('refuses %s', async (_, body) => {
    expect(await move(body, testService())).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });
});

test('a code requested during a move gets its deadline from the time moved to', async () => {
  const it = testService();
  for (let i = 0; i < 5_000; i++) await it.post('/otp/request', { user: `user-${i}`, ttl: 60 });
  const moving = move({ advance: 3_600 }, it);
  await new Promise((resolve) => setImmediate(resolve));
  const { body } = await it.post('/otp/request', { user: 'alice', ttl: 60 });
  expect(body['expiresAt']).toBe('2026-01-01T01:01:00.000Z');
  expect((await moving).body).toMatchObject({ expired: 5_000 });
});

describe('POST /mock/expire', () => {
  test('expires one code now, and no other', async () => {
    const { post, send, log, clock } = testService();
    for (const purpose of ['login', 'reset'])
      await post('/otp/request', { user: 'alice', purpose, code: '111111' });
    const login = { user: 'alice', purpose: 'login' };
    expect(await post('/mock/expire', login)).toMatchObject({
      status: 200,
      body: { message: 'OTP expired' },
    });
    expect((await post('/otp/verify', { ...login, code: '111111' })).status).toBe(410);
    expect((await post('/otp/verify', { user: 'alice', purpose: 'reset', code: '111111' })).status).toBe(200);
    expect((await send('/mock/inbox?purpose=login')).body).toMatchObject({
      messages: [{ state: 'expired', expiresAt: '2026-01-01T00:00:00.000Z' }],
    });
    await clock.settle();
    const expired = log().filter(({ message }) => message === 'otp.expired');
    expect(expired).toMatchObject([{ ...login, requestId: expect.any(String) }]);
  });

  test('answers 404 no_code if there is no live code', async () => {
    const { post } = testService();
    expect(await post('/mock/expire', { user: 'alice' })).toMatchObject({
      status: 404,
      body: { code: 'no_code' },
    });
    await post('/otp/request', { user: 'alice' });
    expect((await post('/mock/expire', { user: 'alice' })).status).toBe(200);
    expect((await post('/mock/expire', { user: 'alice' })).status).toBe(404);
  });
});

test('GET /mock/wheel shows the current slot and the slots that have entries', async () => {
  const it = testService();
  await it.post('/otp/request', { user: 'alice', ttl: 60 });
  await it.post('/otp/request', { user: 'bob', ttl: 60 });
  const hand = (Date.UTC(2026, 0, 1) / 1_000) % 4_096;
  expect((await it.send('/mock/wheel')).body).toEqual({
    slots: 4_096,
    current: hand,
    entries: 2,
    occupied: [{ slot: (hand + 60) % 4_096, entries: 2 }],
  });
});
