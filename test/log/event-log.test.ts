import { describe, expect, test } from 'bun:test';
import { testService } from '../support/api.ts';
import { channelOf } from '../support/channel.ts';

describe('the event log', () => {
  test('has a line for each event, with the request that caused it', async () => {
    const { post, clock, log } = testService();
    const requested = await post(
      '/otp/request',
      { user: 'alice', code: '111111' },
      { 'x-request-id': 'r-1' },
    );
    await post('/otp/verify', { user: 'alice', code: '999999' }, { 'x-request-id': 'r-2' });
    await post('/otp/verify', { user: 'bob', code: '999999' }, { 'x-request-id': 'r-3' });
    await clock.settle();
    const { id: otp, expiresAt } = requested.body;
    const of = { user: 'alice', purpose: 'default', otp, expiresAt };
    expect(log()).toMatchObject([
      { level: 'info', message: 'otp.requested', ...of, requestId: 'r-1' },
      { level: 'info', message: 'otp.rejected', ...of, reason: 'wrong', requestId: 'r-2' },
      {
        level: 'info',
        message: 'otp.rejected',
        user: 'bob',
        purpose: 'default',
        reason: 'none',
        requestId: 'r-3',
      },
    ]);
  });

  /** The lines about codes that expire: two in one tick, then another. */
  async function expiries(level: string) {
    const { post, clock, log, service } = testService({ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: level });
    await service.listen();
    for (const user of ['alice', 'bob']) await post('/otp/request', { user, ttl: 2 });
    await clock.advance(4_000);
    await post('/otp/request', { user: 'carol', ttl: 2 });
    await clock.advance(4_000);
    await service.stop();
    return log().filter(({ message }) => message === 'otp.expired');
  }

  test('has one line for all codes that a tick expired, with their number', async () => {
    expect(await expiries('info')).toMatchObject([
      { level: 'info', count: 2 },
      { level: 'info', count: 1 },
    ]);
  });

  test('has a line for each expired code at debug only', async () => {
    const lines = await expiries('debug');
    expect(lines.map(({ level }) => level)).toEqual(['debug', 'debug', 'info', 'debug', 'info']);
    expect(lines.flatMap(({ user }) => user ?? []).toSorted()).toEqual(['alice', 'bob', 'carol']);
  });

  test('shows users in mock mode; in strict mode each has one mask, which does not reveal the user', async () => {
    const strict = {
      OTP_MODE: 'strict',
      OTP_API_KEYS: 'k'.repeat(32),
      OTP_METRICS_KEYS: 'm'.repeat(32),
      LOG_LEVEL: 'debug',
    };
    const headers = { authorization: `Bearer ${'k'.repeat(32)}` };
    const ask = async (env: Record<string, string>) => {
      const { post, clock, log } = testService(env, [channelOf(async () => {})]);
      for (const user of ['alice', 'bob', 'alice'])
        await post('/otp/verify', { user, code: '999999' }, headers);
      // Strict mode announces a moment after the answer.
      await clock.advance(10);
      return { text: JSON.stringify(log()), users: log().flatMap(({ user }) => user ?? []) };
    };
    expect((await ask({})).users).toEqual(['alice', 'bob', 'alice']);
    const { text, users } = await ask(strict);
    expect(text).not.toMatch(/alice|bob/);
    expect(users).toHaveLength(3);
    for (const user of users) expect(user).toMatch(/^user-[0-9a-f]{12}$/);
    expect(users[2]).toBe(users[0]);
    expect(users[1]).not.toBe(users[0]);
    expect((await ask(strict)).users, 'two runs do not share a key').not.toContain(users[0]);
    const replica = { ...strict, OTP_PEPPER: 'a-pepper-of-some-length' };
    expect((await ask(replica)).users, 'two runs with one secret share a key').toEqual(
      (await ask(replica)).users,
    );
  });

  test('has a line at debug for a request that caused no event', async () => {
    const { post, clock, log } = testService({ OTP_RESEND_COOLDOWN: '30', LOG_LEVEL: 'debug' });
    await post('/otp/request', { user: 'alice' }, { 'x-request-id': 'r-1' });
    await post('/otp/request', { user: 'alice' }, { 'x-request-id': 'r-2' });
    await clock.settle();
    expect(log()).toMatchObject([
      { level: 'info', message: 'otp.requested', requestId: 'r-1' },
      { level: 'debug', message: 'http.request', route: '/otp/request', status: '200', requestId: 'r-1' },
      { level: 'debug', message: 'http.request', route: '/otp/request', status: '429', requestId: 'r-2' },
    ]);
  });

  test('has a line for an expired code that a request noticed before the tick', async () => {
    const { post, clock, log } = testService();
    const { body } = await post('/otp/request', { user: 'alice', ttl: 1 });
    clock.set(clock.now() + 1_000);
    await post('/otp/request', { user: 'alice' }, { 'x-request-id': 'r-2' });
    await clock.settle();
    expect(log().slice(1)).toMatchObject([
      { message: 'otp.expired', otp: body['id'], requestId: 'r-2' },
      { message: 'otp.requested', requestId: 'r-2' },
    ]);
  });

  test('never contains a code', async () => {
    const { post, clock, log } = testService({
      PORT: '0',
      HOST: '127.0.0.1',
      OTP_LENGTH: '10',
      LOG_LEVEL: 'debug',
    });
    const codes: string[] = [];
    for (let i = 0; i < 500; i++) {
      const { body } = await post('/otp/request', { user: `user-${i % 100}`, ttl: 1 + (i % 3) });
      codes.push(String(body['code']));
      if (i % 3 === 0) await post('/otp/verify', { user: `user-${i % 100}`, code: body['code'] });
      if (i % 50 === 0) await clock.advance(1_000);
    }
    await clock.settle();
    const text = JSON.stringify(log());
    expect(codes.filter((code) => text.includes(code))).toEqual([]);
    expect(log().length).toBeGreaterThan(500);
  });
});
