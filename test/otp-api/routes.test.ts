import { describe, expect, test } from 'bun:test';
import { Value } from '@sinclair/typebox/value';
import { requestAnswer, verifyAnswer } from '../../src/otp-api/models.ts';
import { testService } from '../support/api.ts';
import { channelOf } from '../support/channel.ts';

const alice = { user: 'alice' };
const noCode = { status: 404, body: { code: 'no_code' } };

describe('POST /otp/request', () => {
  test('a request answers the code with its id, user, purpose, lifetime, deadline and delivery', async () => {
    const { post, clock } = testService();
    const { status, body } = await post('/otp/request', alice);
    expect(status).toBe(200);
    expect(body).toEqual({
      message: 'OTP generated successfully',
      id: expect.stringMatching(/^\w+-c1$/),
      user: 'alice',
      purpose: 'default',
      code: expect.stringMatching(/^[0-9]{6}$/),
      expiresIn: 300,
      expiresAt: new Date(clock.now() + 300_000).toISOString(),
      delivery: 'none',
    });
  });

  test('a request may choose purpose, lifetime and code', async () => {
    const { post } = testService();
    const { body } = await post('/otp/request', { user: 'bob', purpose: 'login', ttl: 60, code: '0042' });
    expect(body).toMatchObject({ user: 'bob', purpose: 'login', expiresIn: 60, code: '0042' });
    expect((await post('/otp/verify', { user: 'bob', purpose: 'login', code: '0042' })).status).toBe(200);
  });

  test('a live code is sent again under its id, until the same deadline', async () => {
    const { post, send, clock } = testService();
    const { body: first } = await post('/otp/request', { ...alice, code: '111111', ttl: 60 });
    clock.set(clock.now() + 10_500);
    const { body: again } = await post('/otp/request', { ...alice, resend: true, ttl: 600 });
    expect(again).toEqual({ ...first, expiresIn: 50 });
    const sends = [
      { time: '2026-01-01T00:00:00.000Z', channel: 'none' },
      { time: '2026-01-01T00:00:10.500Z', channel: 'none' },
    ];
    expect((await send('/mock/inbox')).body).toMatchObject({ messages: [{ id: first['id'], sends }] });
    expect((await post('/otp/verify', { ...alice, code: '111111' })).status).toBe(200);
    expect((await post('/otp/request', { ...alice, resend: true })).body).not.toMatchObject({
      id: first['id'],
    });
  });

  test('a new request makes the earlier code a wrong code', async () => {
    const { post } = testService();
    await post('/otp/request', { ...alice, code: '111111' });
    await post('/otp/request', { ...alice, code: '222222' });
    expect(await post('/otp/verify', { ...alice, code: '111111' })).toMatchObject({ status: 401 });
    expect(await post('/otp/verify', { ...alice, code: '222222' })).toMatchObject({ status: 200 });
  });

  test('settings determine the lifetime, the longest lifetime and the length of a code', async () => {
    const { post } = testService({ OTP_TTL: '20', OTP_MAX_TTL: '30', OTP_LENGTH: '8' });
    const { body } = await post('/otp/request', alice);
    expect(body).toMatchObject({ expiresIn: 20, code: expect.stringMatching(/^[0-9]{8}$/) });
    expect((await post('/otp/request', { ...alice, ttl: 30 })).status).toBe(200);
    expect(await post('/otp/request', { ...alice, ttl: 31 })).toMatchObject({
      status: 400,
      body: { errors: [{ field: '/ttl', detail: 'must be a whole number from 1 to 30' }] },
    });
  });
});

describe('POST /otp/verify', () => {
  test('the right code is verified exactly once', async () => {
    const { post } = testService();
    const { body } = await post('/otp/request', alice);
    expect(await post('/otp/verify', { ...alice, code: body['code'] })).toMatchObject({
      status: 200,
      body: { message: 'OTP verified successfully', user: 'alice', purpose: 'default' },
    });
    expect(await post('/otp/verify', { ...alice, code: body['code'] })).toMatchObject(noCode);
  });

  test('a wrong guess is 401 invalid_code and leaves the code valid', async () => {
    const { post } = testService();
    await post('/otp/request', { ...alice, code: '012345' });
    for (const code of ['012346', '12345', '0123450']) {
      expect(await post('/otp/verify', { ...alice, code })).toMatchObject({
        status: 401,
        body: { code: 'invalid_code' },
      });
    }
    expect((await post('/otp/verify', { ...alice, code: '012345' })).status).toBe(200);
  });

  test('a guess at another user or purpose is 404 no_code', async () => {
    const { post } = testService();
    await post('/otp/request', { ...alice, purpose: 'login', code: '111111' });
    expect(await post('/otp/verify', { ...alice, code: '111111' })).toMatchObject(noCode);
    expect(await post('/otp/verify', { user: 'Alice', purpose: 'login', code: '111111' })).toMatchObject(
      noCode,
    );
    expect((await post('/otp/verify', { ...alice, purpose: 'login', code: '111111' })).status).toBe(200);
  });

  test('from the deadline on any guess, right or wrong, is 410 code_expired', async () => {
    const { post, clock } = testService();
    await post('/otp/request', { ...alice, code: '111111', ttl: 2 });
    clock.set(clock.now() + 1_999);
    expect((await post('/otp/verify', { ...alice, code: '999999' })).status).toBe(401);
    clock.set(clock.now() + 1);
    for (const code of ['111111', '999999']) {
      expect(await post('/otp/verify', { ...alice, code })).toMatchObject({
        status: 410,
        body: { code: 'code_expired' },
      });
    }
  });
});

describe('POST /otp/cancel', () => {
  test('a live code is cancelled exactly once', async () => {
    const { post } = testService();
    await post('/otp/request', { ...alice, code: '111111' });
    expect(await post('/otp/cancel', alice)).toMatchObject({
      status: 200,
      body: { message: 'OTP cancelled' },
    });
    expect(await post('/otp/cancel', alice)).toMatchObject(noCode);
    expect(await post('/otp/verify', { ...alice, code: '111111' })).toMatchObject(noCode);
  });

  test('cancelling does not affect another purpose', async () => {
    const { post } = testService();
    await post('/otp/request', { ...alice, purpose: 'login', code: '111111' });
    expect(await post('/otp/cancel', alice)).toMatchObject(noCode);
    expect((await post('/otp/verify', { ...alice, purpose: 'login', code: '111111' })).status).toBe(200);
  });

  test('cancelling an expired code is 404 no_code, and the code stays expired', async () => {
    const { post, clock } = testService();
    await post('/otp/request', { ...alice, code: '111111', ttl: 1 });
    clock.set(clock.now() + 1_000);
    expect(await post('/otp/cancel', alice)).toMatchObject(noCode);
    expect((await post('/otp/verify', { ...alice, code: '111111' })).status).toBe(410);
  });
});

/** Elysia does not validate these answers, so this test does. */
describe('schemas of answers', () => {
  const key = 'k'.repeat(32);
  test.each([
    ['in mock mode', {}, { ...alice, channel: 'none' }],
    ['with every field given', {}, { ...alice, purpose: 'login', ttl: 60, code: '0042', to: 'her' }],
    ['in strict mode', { OTP_MODE: 'strict', OTP_API_KEYS: key, OTP_METRICS_KEYS: 'm'.repeat(32) }, alice],
  ])('the answers to request and verify match their schemas %s', async (_, env, asked) => {
    const delivered: string[] = [];
    const { post } = testService(env, [channelOf(async ({ code }) => void delivered.push(code))]);
    const call = (path: string, body: object) => post(path, body, { authorization: `Bearer ${key}` });
    const { body: made } = await call('/otp/request', asked);
    expect([...Value.Errors(requestAnswer, made)]).toEqual([]);
    expect(Object.keys(requestAnswer.properties)).toEqual(expect.arrayContaining(Object.keys(made)));
    const { user, purpose } = made;
    const { body: verified } = await call('/otp/verify', {
      user,
      purpose,
      code: made['code'] ?? delivered[0],
    });
    expect([...Value.Errors(verifyAnswer, verified)]).toEqual([]);
    expect(Object.keys(verifyAnswer.properties)).toEqual(Object.keys(verified));
  });
});
