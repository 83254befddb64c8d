import { describe, expect, test } from 'bun:test';
import { testService } from '../support/api.ts';
import { channelOf } from '../support/channel.ts';

const alice = { user: 'alice' };

describe('attempts', () => {
  test('wrong codes count down the attempts, then lock verify and request with an exact Retry-After', async () => {
    const { post, clock } = testService();
    await post('/otp/request', { ...alice, code: '111111' });
    for (const attemptsLeft of [4, 3, 2, 1, 0]) {
      const answer = await post('/otp/verify', { ...alice, code: '999999' });
      expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_code', attemptsLeft } });
    }
    for (const [passed, retryAfter] of [
      [0, 300],
      [1, 300],
      [999, 299],
      [298_999, 1],
    ] as const) {
      clock.set(clock.now() + passed);
      for (const [path, body] of [
        ['/otp/verify', { ...alice, code: '111111' }],
        ['/otp/request', alice],
      ] as const) {
        const answer = await post(path, body);
        expect(answer).toMatchObject({ status: 429, body: { code: 'locked', retryAfter } });
        expect(answer.headers.get('retry-after')).toBe(String(retryAfter));
      }
    }
    clock.set(clock.now() + 1);
    expect(await post('/otp/verify', { ...alice, code: '111111' })).toMatchObject({
      status: 404,
      body: { code: 'no_code' },
    });
    expect((await post('/otp/request', alice)).status).toBe(200);
  });

  test('without a limit wrong codes are not counted, and the answer has no attemptsLeft', async () => {
    const { post } = testService({ OTP_MAX_ATTEMPTS: '0' });
    await post('/otp/request', { ...alice, code: '111111' });
    for (let i = 0; i < 20; i++) {
      const { status, body } = await post('/otp/verify', { ...alice, code: '999999' });
      expect(status).toBe(401);
      expect(body).not.toHaveProperty('attemptsLeft');
    }
    expect((await post('/otp/verify', { ...alice, code: '111111' })).status).toBe(200);
  });

  test('a 400 costs no attempt', async () => {
    const { post } = testService({ OTP_MAX_ATTEMPTS: '1' });
    await post('/otp/request', { ...alice, code: '111111' });
    for (const code of ['', '1', 'abcdef', 111_111])
      expect((await post('/otp/verify', { ...alice, code })).status).toBe(400);
    expect((await post('/otp/verify', { ...alice, code: '111111' })).status).toBe(200);
  });

  test('a lock lasts as long as OTP_LOCKOUT says', async () => {
    const { post } = testService({ OTP_MAX_ATTEMPTS: '1', OTP_LOCKOUT: '7' });
    await post('/otp/request', { ...alice, code: '111111' });
    await post('/otp/verify', { ...alice, code: '999999' });
    expect((await post('/otp/verify', { ...alice, code: '111111' })).body['retryAfter']).toBe(7);
  });
});

describe('sends', () => {
  test('a request within the cooldown is 429 resend_cooldown', async () => {
    const { post, clock } = testService({ OTP_RESEND_COOLDOWN: '30' });
    await post('/otp/request', { ...alice, code: '111111' });
    clock.set(clock.now() + 9_001);
    const answer = await post('/otp/request', { ...alice, purpose: 'login' });
    expect(answer).toMatchObject({ status: 429, body: { code: 'resend_cooldown', retryAfter: 21 } });
    expect(answer.headers.get('retry-after')).toBe('21');
    expect((await post('/otp/verify', { ...alice, code: '111111' })).status).toBe(200);
  });

  test('a request over the send limit is 429 send_limit', async () => {
    const { post } = testService({ OTP_SEND_LIMIT: '2', OTP_SEND_WINDOW: '60' });
    expect((await post('/otp/request', alice)).status).toBe(200);
    expect((await post('/otp/request', alice)).status).toBe(200);
    expect(await post('/otp/request', alice)).toMatchObject({
      status: 429,
      body: { code: 'send_limit', retryAfter: 60 },
    });
  });

  test('many users with one e-mail address send there once within the cooldown, whatever its case', async () => {
    const sent: string[] = [];
    const email = channelOf(async ({ to }) => void sent.push(to), 'email');
    const { post, clock } = testService({ OTP_RESEND_COOLDOWN: '30' }, [email]);
    const ask = (user: string, to: string) => post('/otp/request', { user, to, channel: 'email' });
    const to = (i: number) => (i % 2 === 0 ? 'One@Example.com' : 'one@example.com');
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => ask(`user-${i}`, to(i))));
    await clock.settle();
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body['code'] === 'resend_cooldown')).toHaveLength(99);
    expect(sent).toEqual(['One@Example.com']);
  });

  test('names of users that differ by case, on a channel whose addresses do too, are limited apart', async () => {
    const { post } = testService({ OTP_RESEND_COOLDOWN: '30' }, [channelOf(async () => {})]);
    for (const user of ['alice', 'Alice'])
      expect((await post('/otp/request', { user, channel: 'webhook' })).status).toBe(200);
  });

  test('a request that needs a record beyond OTP_MAX_LIVE is 503 capacity', async () => {
    const { post } = testService({ OTP_MAX_LIVE: '1' });
    expect((await post('/otp/request', alice)).status).toBe(200);
    const answer = await post('/otp/request', { user: 'bob' });
    expect(answer).toMatchObject({ status: 503, body: { code: 'capacity', retryAfter: 1 } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect((await post('/otp/request', alice)).status).toBe(200);
  });
});
