import { describe, expect, test } from 'bun:test';
import { createService, type Message } from '../../src/service.ts';
import { testService } from '../support/api.ts';
import { channelOf } from '../support/channel.ts';

const KEY = 'k'.repeat(32);

/** A service in strict mode, and the messages that it delivered. */
function strictRig(env: Record<string, string> = {}) {
  const delivered: Message[] = [];
  const settings = {
    OTP_MODE: 'strict',
    OTP_API_KEYS: KEY,
    OTP_METRICS_KEYS: 'm'.repeat(32),
    OTP_RESEND_COOLDOWN: '0',
    OTP_SEND_LIMIT: '0',
    ...env,
  };
  const channel = channelOf(async (message) => void delivered.push(message));
  const { post, ...rest } = testService(settings, [channel]);
  const call = (path: string, body: object) => post(path, body, { authorization: `Bearer ${KEY}` });
  return { ...rest, call, delivered };
}

describe('strict mode', () => {
  test('strict mode does not start without keys or without a channel', () => {
    expect(() => createService({ OTP_MODE: 'strict' })).toThrow('OTP_API_KEYS must be set');
    expect(() =>
      createService({ OTP_MODE: 'strict', OTP_API_KEYS: KEY, OTP_METRICS_KEYS: 'm'.repeat(32) }),
    ).toThrow('needs a channel');
  });

  test('strict mode gives the code to the delivery only: it is not in answers, headers or the log', async () => {
    const { call, delivered, clock, log } = strictRig({ OTP_LENGTH: '10' });
    const { status, text, body, headers } = await call('/otp/request', { user: 'alice' });
    const [{ user, purpose, code } = { user: '', purpose: '', code: '' }] = delivered;
    expect(status).toBe(200);
    expect([user, purpose]).toEqual(['alice', 'default']);
    expect(code).toMatch(/^\d{10}$/);
    expect(body).not.toHaveProperty('code');
    const verified = await call('/otp/verify', { user: 'alice', code });
    expect(verified.status).toBe(200);
    await clock.advance(5);
    const seen = [
      text,
      verified.text,
      JSON.stringify([...headers, ...verified.headers]),
      JSON.stringify(log()),
    ];
    for (const place of seen) expect(place).not.toContain(code);
    expect(log().map(({ message }) => message)).toEqual(['otp.requested', 'otp.delivered', 'otp.verified']);
  });

  test('strict mode refuses a code that the client chose', async () => {
    const { call } = strictRig();
    expect(await call('/otp/request', { user: 'alice', code: '123456' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: '/code', detail: 'is not a field of this request' }] },
    });
  });

  test('strict mode answers a wrong, expired, spent, replaced, cancelled or unknown code alike', async () => {
    const { call, delivered, clock } = strictRig();
    const code = (i: number) => delivered[i]?.code ?? '';
    const other = (digits: string) => (digits.startsWith('0') ? '1' : '0') + digits.slice(1);
    for (const user of ['wrong', 'expired', 'spent', 'replaced', 'replaced', 'cancelled']) {
      await call('/otp/request', { user, ttl: user === 'expired' ? 1 : 300 });
    }
    clock.set(clock.now() + 1_000);
    await call('/otp/verify', { user: 'spent', code: code(2) });
    await call('/otp/cancel', { user: 'cancelled' });
    const answers = [
      await call('/otp/verify', { user: 'wrong', code: other(code(0)) }),
      await call('/otp/verify', { user: 'expired', code: code(1) }),
      await call('/otp/verify', { user: 'spent', code: code(2) }),
      await call('/otp/verify', { user: 'replaced', code: code(3) === code(4) ? other(code(4)) : code(3) }),
      await call('/otp/verify', { user: 'cancelled', code: code(5) }),
      await call('/otp/verify', { user: 'unknown', code: '123456' }),
    ];
    const alike = answers.map(({ status, text, headers }) => {
      headers.delete('x-request-id');
      return JSON.stringify([status, text, ...headers]);
    });
    expect(new Set(alike).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'invalid_code' } });
    expect(answers[0]?.body).not.toHaveProperty('attemptsLeft');
  });

  test('strict mode locks known and unknown users after the same number of guesses', async () => {
    const { call } = strictRig();
    await call('/otp/request', { user: 'known' });
    for (const user of ['known', 'unknown']) {
      const statuses: number[] = [];
      for (let i = 0; i < 7; i++)
        statuses.push((await call('/otp/verify', { user, code: '0000000' })).status);
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    }
  });

  test('strict mode answers every cancellation the same, with or without a code', async () => {
    const { call } = strictRig();
    await call('/otp/request', { user: 'known' });
    const [known, unknown] = [
      await call('/otp/cancel', { user: 'known' }),
      await call('/otp/cancel', { user: 'unknown' }),
    ];
    expect(known).toMatchObject({ status: 200, text: unknown.text });
    expect(unknown.status).toBe(200);
  });

  test('strict mode sends no code again: the service keeps no digits there', async () => {
    const { call, delivered, clock } = strictRig();
    const first = await call('/otp/request', { user: 'alice@example.com' });
    const again = await call('/otp/request', { user: 'alice@example.com', resend: true });
    expect(again.body['id']).not.toBe(first.body['id']);
    await clock.settle();
    expect(delivered).toHaveLength(2);
  });

  test('strict mode names requests by ids that tell nothing of each other', async () => {
    const { send } = strictRig();
    const ids = await Promise.all(
      Array.from({ length: 50 }, async () => (await send('/livez')).headers.get('x-request-id') ?? ''),
    );
    expect(new Set(ids.map((id) => id.slice(0, 8))).size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^[\w.:-]{20,64}$/);
  });

  test('strict mode names codes by ids that tell neither when the service started nor how many there were', async () => {
    const rigs = [strictRig(), strictRig()];
    const ids: string[] = [];
    for (const { call } of rigs)
      for (let i = 0; i < 20; i++)
        ids.push(String((await call('/otp/request', { user: `user-${i}` })).body['id']));
    expect(new Set(ids.map((id) => id.split('-c')[0])).size).toBe(rigs.length);
    expect(ids.join()).not.toContain(rigs[0]?.clock.now().toString(36).slice(0, 5));
    const numbers = ids.map((id) => Number(id.split('-c')[1]));
    expect(Math.min(...numbers)).toBeGreaterThan(2 ** 30);
    expect(numbers.toSorted((a, b) => a - b)).not.toEqual(numbers);
    expect(new Set(numbers).size).toBe(40);
  });

  test('strict mode has a cooldown by default', async () => {
    const { call } = strictRig({ OTP_RESEND_COOLDOWN: '' });
    await call('/otp/request', { user: 'alice' });
    expect(await call('/otp/request', { user: 'alice' })).toMatchObject({
      status: 429,
      body: { code: 'resend_cooldown', retryAfter: 30 },
    });
  });

  test('a channel that throws is logged, and the service keeps running', async () => {
    const settings = { OTP_MODE: 'strict', OTP_API_KEYS: KEY, OTP_METRICS_KEYS: 'm'.repeat(32) };
    const channel = channelOf(async () => {
      throw new Error('no route to provider');
    });
    const { post, clock, log } = testService(settings, [channel]);
    expect((await post('/otp/request', { user: 'alice' }, { authorization: `Bearer ${KEY}` })).status).toBe(
      200,
    );
    await clock.settle();
    expect(log()).toMatchObject([
      { level: 'info', message: 'otp.requested' },
      { level: 'error', message: 'a channel threw an unexpected error', channel: 'webhook' },
      { level: 'warn', message: 'a channel is failing', channel: 'webhook', fault: 'internal' },
      { level: 'info', message: 'otp.delivery_failed', channel: 'webhook', reason: 'internal' },
    ]);
  });
});
