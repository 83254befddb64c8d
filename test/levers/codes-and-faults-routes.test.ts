import { describe, expect, test } from 'bun:test';
import { testService } from '../support/api.ts';

describe('/mock/codes', () => {
  test('gives users who match the fixed code, and exempts them from all limits', async () => {
    const { post, send } = testService({
      OTP_MAX_ATTEMPTS: '1',
      OTP_RESEND_COOLDOWN: '30',
      OTP_SEND_LIMIT: '1',
    });
    const fixed = [{ user: 'test-*', code: '424242' }];
    expect(await post('/mock/codes', fixed, {}, 'PUT')).toMatchObject({ status: 200, body: fixed });
    expect((await send('/mock/codes')).text).toBe(JSON.stringify(fixed));
    for (let i = 0; i < 3; i++) {
      expect((await post('/otp/request', { user: 'test-1' })).body).toMatchObject({ code: '424242' });
      const wrong = await post('/otp/verify', { user: 'test-1', code: '000000' });
      expect([wrong.status, 'attemptsLeft' in wrong.body]).toEqual([401, false]);
    }
    expect((await post('/otp/verify', { user: 'test-1', code: '424242' })).status).toBe(200);
    expect((await post('/otp/request', { user: 'other' })).status).toBe(200);
    expect((await post('/otp/request', { user: 'other' })).status).toBe(429);
  });

  test('gives way to a code in the request itself', async () => {
    const { post } = testService();
    await post('/mock/codes', [{ user: '*', code: '424242' }], {}, 'PUT');
    expect((await post('/otp/request', { user: 'alice', code: '1111' })).body).toMatchObject({
      code: '1111',
    });
  });

  test('is replaced as a whole by PUT, and emptied by DELETE', async () => {
    const { post, send } = testService();
    await post('/mock/codes', [{ user: 'alice', code: '111111' }], {}, 'PUT');
    await post('/mock/codes', [{ user: 'bob', code: '222222' }], {}, 'PUT');
    expect((await post('/otp/request', { user: 'bob' })).body).toMatchObject({ code: '222222' });
    expect((await send('/mock/codes')).text).toBe('[{"user":"bob","code":"222222"}]');
    expect((await send('/mock/codes', { method: 'DELETE' })).text).toBe('[]');
    expect((await send('/mock/codes')).text).toBe('[]');
  });

  test.each([
    ['a body that is not a list', { user: 'alice', code: '111111' }, ''],
    ['two stars', [{ user: 'a*b*', code: '111111' }], '/0/user'],
    [
      'a star in the middle',
      [
        { user: 'a', code: '111111' },
        { user: 'a*b', code: '111111' },
      ],
      '/1/user',
    ],
    ['a missing code', [{ user: 'alice' }], '/0/code'],
    ['letters', [{ user: 'alice', code: 'abcdef' }], '/0/code'],
    ['an unknown field', [{ user: 'alice', code: '111111', note: 'x' }], '/0/note'],
  ])('refuses %s, and keeps the list as it was', async (_, body, field) => {
    const { post, send } = testService();
    await post('/mock/codes', [{ user: 'alice', code: '111111' }], {}, 'PUT');
    const refused = await post('/mock/codes', body, {}, 'PUT');
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ field }] } });
    expect((await send('/mock/codes')).text).toBe('[{"user":"alice","code":"111111"}]');
  });
});

describe('OTP_SEED', () => {
  const codes = async (env: Record<string, string>, users: string[]) => {
    const { post } = testService(env);
    const drawn: string[] = [];
    for (const user of users) drawn.push(`${user} ${(await post('/otp/request', { user })).body['code']}`);
    return drawn;
  };

  test('repeats the codes of each user from run to run, whatever other users do meanwhile', async () => {
    const seed = { OTP_SEED: 'a seed' };
    const alone = await codes(seed, ['alice', 'alice', 'alice']);
    const among = await codes(seed, ['bob', 'alice', 'bob', 'carol', 'alice', 'alice']);
    expect(among.filter((line) => line.startsWith('alice'))).toEqual(alone);
    expect(new Set(alone).size).toBe(3);
    expect(await codes({ OTP_SEED: 'another' }, ['alice', 'alice', 'alice'])).not.toEqual(alone);
  });

  test('does not count a request that was refused', async () => {
    const [first, second] = await codes({ OTP_SEED: 'a seed' }, ['alice', 'alice']);
    const { post } = testService({ OTP_SEED: 'a seed', OTP_RESEND_COOLDOWN: '30' });
    const ask = async () => `alice ${(await post('/otp/request', { user: 'alice' })).body['code']}`;
    expect(await ask()).toBe(String(first));
    for (let i = 0; i < 3; i++) expect(await ask()).toBe('alice resend_cooldown');
    await post('/mock/clock', { advance: 30 });
    expect(await ask()).toBe(String(second));
  });
});

describe('/mock/faults', () => {
  const faulty = async (faults: object[], env = {}) => {
    const it = testService(env);
    expect((await it.post('/mock/faults', faults, {}, 'PUT')).status).toBe(200);
    return it;
  };

  test('makes the next matching calls fail, and after that calls succeed again', async () => {
    const { post, send } = await faulty([{ on: 'request', user: 'a*', times: 2, status: 503 }]);
    const ask = async (user: string) => (await post('/otp/request', { user })).status;
    expect(await ask('bob')).toBe(200);
    expect(await post('/otp/request', { user: 'alice' })).toMatchObject({
      status: 503,
      body: { code: 'injected_fault', status: 503 },
    });
    expect((await send('/mock/faults')).text).toBe('[{"on":"request","user":"a*","times":1,"status":503}]');
    expect(await ask('anna')).toBe(503);
    expect(await ask('alice')).toBe(200);
    expect((await send('/mock/faults')).text).toBe('[]');
  });

  test.each([
    ['request', { user: 'alice' }],
    ['verify', { user: 'alice', code: '111111' }],
    ['cancel', { user: 'alice' }],
  ])('makes %s fail with any status from 400 to 599, without any effect', async (on, body) => {
    for (const status of [400, 418, 500, 599]) {
      const { post, send } = await faulty([{ on, status, times: 1 }]);
      await post('/otp/request', { user: 'alice', code: '111111' });
      const answer = on === 'request' ? undefined : await post(`/otp/${on}`, body);
      if (answer) {
        expect(answer).toMatchObject({ status, body: { code: 'injected_fault', status } });
        expect(answer.headers.get('content-type')).toBe('application/problem+json');
        expect((await post('/otp/verify', { user: 'alice', code: '111111' })).status).toBe(200);
      } else expect((await send('/mock/inbox')).body).toEqual({ messages: [] });
    }
  });

  test('strikes only calls that pass validation: an invalid call uses up no fault', async () => {
    const { post, send } = await faulty([{ on: 'request', times: 1, status: 503 }]);
    expect((await post('/otp/request', { usr: 'alice' })).status).toBe(400);
    expect((await post('/otp/request', '{')).status).toBe(400);
    expect((await send('/mock/faults')).text).toContain('"times":1');
    expect((await post('/otp/request', { user: 'alice' })).status).toBe(503);
  });

  test('delays a call in real time, and lets it go on if the fault has nothing but a delay', async () => {
    const { post, clock } = await faulty([{ on: 'request', times: 1, delayMs: 2_500 }]);
    let status = 0;
    const asked = post('/otp/request', { user: 'alice' }).then((answer) => {
      ({ status } = answer);
    });
    await clock.settle();
    await clock.advance(2_499);
    await post('/mock/clock', { advance: 60 });
    expect(status).toBe(0);
    await clock.advance(1);
    await asked;
    expect(status).toBe(200);
  });

  test('makes a call fail after its delay', async () => {
    const { post, clock } = await faulty([{ on: 'request', times: 1, delayMs: 1_000, status: 500 }]);
    const asked = post('/otp/request', { user: 'alice' });
    await clock.settle();
    await clock.advance(1_000);
    expect((await asked).status).toBe(500);
  });

  test('lets a delayed call take effect though its client has disconnected, as a slow provider does', async () => {
    const { post, service, clock, send } = await faulty([{ on: 'verify', times: 1, delayMs: 20_000 }]);
    await post('/otp/request', { user: 'alice', code: '111111' });
    const leaving = new AbortController();
    const left = service.app.handle(
      new Request('http://localhost/otp/verify', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"user":"alice","code":"111111"}',
        signal: leaving.signal,
      }),
    );
    await clock.settle();
    leaving.abort();
    await clock.advance(19_999);
    expect((await send('/mock/inbox')).body).toMatchObject({ messages: [{ state: 'pending' }] });
    await clock.advance(1);
    await left;
    expect((await send('/mock/inbox')).body).toMatchObject({ messages: [{ state: 'verified' }] });
  });

  test('refuses a delayed call when the service stops, without any effect', async () => {
    const { post, service, clock, send } = await faulty([{ on: 'request', delayMs: 60_000 }]);
    const asked = post('/otp/request', { user: 'alice' });
    await clock.settle();
    await service.stop();
    expect(await asked).toMatchObject({ status: 503, body: { code: 'not_ready' } });
    expect((await send('/mock/inbox')).body).toEqual({ messages: [] });
  });

  test('answers 401 before anything else if API keys are set', async () => {
    const { post } = testService({ OTP_API_KEYS: 'k'.repeat(32) });
    expect((await post('/mock/faults', [], {}, 'PUT')).status).toBe(401);
  });

  test.each([
    ['an unknown operation', { on: 'wheel', status: 503 }, '/0/on'],
    ['no operation', { status: 503 }, '/0/on'],
    ['a status that is not an error', { on: 'request', status: 200 }, '/0/status'],
    ['a status above 599', { on: 'request', status: 600 }, '/0/status'],
    ['zero times', { on: 'request', times: 0, status: 503 }, '/0/times'],
    ['a probability above 1', { on: 'request', probability: 1.5, status: 503 }, '/0/probability'],
    ['a delay of more than a minute', { on: 'request', delayMs: 60_001 }, '/0/delayMs'],
    ['a status and a drop', { on: 'request', status: 503, drop: true }, '/0/drop'],
    ['no effect', { on: 'request', times: 3 }, '/0'],
    ['an unknown field', { on: 'request', status: 503, code: 1 }, '/0/code'],
  ])('refuses a fault with %s', async (_, fault, field) => {
    const { post, send } = testService();
    expect(await post('/mock/faults', [fault], {}, 'PUT')).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ field }] },
    });
    expect((await send('/mock/faults')).text).toBe('[]');
  });
});

describe('POST /mock/reset', () => {
  test('forgets everything: codes, counts, locks, messages, fixed codes, faults, seeds, the clock', async () => {
    const { post, send } = testService({ OTP_MAX_ATTEMPTS: '1', OTP_SEED: 's' });
    const drawn = (await post('/otp/request', { user: 'seeded' })).body['code'];
    await post('/otp/request', { user: 'locked', code: '111111' });
    await post('/otp/verify', { user: 'locked', code: '999999' });
    await post('/otp/request', { user: 'alice', code: '111111' });
    await post('/mock/codes', [{ user: 'x', code: '111111' }], {}, 'PUT');
    await post('/mock/faults', [{ on: 'cancel', status: 500 }], {}, 'PUT');
    await post('/mock/clock', { advance: 60 });
    await post('/mock/clock', { freeze: true });

    expect(await send('/mock/reset', { method: 'POST' })).toMatchObject({
      status: 200,
      body: { message: 'Reset' },
    });
    expect((await send('/mock/inbox')).body).toEqual({ messages: [] });
    expect((await send('/mock/codes')).text).toBe('[]');
    expect((await send('/mock/faults')).text).toBe('[]');
    expect((await send('/mock/clock')).body).toMatchObject({ offset: 0, frozen: false });
    expect((await send('/mock/wheel')).body).toMatchObject({ entries: 0, occupied: [] });
    expect((await post('/otp/verify', { user: 'alice', code: '111111' })).status).toBe(404);
    expect((await post('/otp/request', { user: 'locked' })).status).toBe(200);
    expect((await post('/otp/request', { user: 'seeded' })).body).toMatchObject({ code: drawn });
  });

  test('with a user forgets the codes, counts, locks and messages of that user only', async () => {
    const { post, send } = testService({ OTP_MAX_ATTEMPTS: '1' });
    for (const user of ['alice', 'bob']) {
      await post('/otp/request', { user, code: '111111' });
      await post('/otp/request', { user, purpose: 'login', code: '222222' });
      await post('/otp/verify', { user, code: '999999' });
    }
    await post('/mock/faults', [{ on: 'cancel', status: 500 }], {}, 'PUT');
    await post('/mock/clock', { advance: 60 });
    await post('/mock/reset', { user: 'alice' });
    expect((await post('/otp/verify', { user: 'alice', code: '111111' })).status).toBe(404);
    expect((await post('/otp/verify', { user: 'alice', purpose: 'login', code: '222222' })).status).toBe(404);
    expect((await send('/mock/inbox?user=alice')).body).toMatchObject({ messages: [] });
    expect((await post('/otp/verify', { user: 'bob', code: '111111' })).status).toBe(429);
    expect((await post('/otp/verify', { user: 'bob', purpose: 'login', code: '222222' })).status).toBe(200);
    expect((await send('/mock/faults')).text).not.toBe('[]');
    expect((await send('/mock/clock')).body).toMatchObject({ offset: 60 });
  });

  test('of one user spares a code requested meanwhile, and of everything waits for a move of the clock', async () => {
    const { post } = testService();
    for (let i = 0; i < 5_000; i++) await post('/otp/request', { user: `user-${i}`, ttl: 60 });
    await post('/otp/request', { user: 'alice', code: '111111' });
    const resetting = post('/mock/reset', { user: 'alice' });
    await new Promise((resolve) => setImmediate(resolve));
    expect((await post('/otp/request', { user: 'alice', code: '222222' })).status).toBe(200);
    await resetting;
    expect((await post('/otp/verify', { user: 'alice', code: '222222' })).status).toBe(200);
    const moving = post('/mock/clock', { advance: 60 });
    const reset = post('/mock/reset', {});
    expect((await moving).body).toMatchObject({ expired: 5_000 });
    expect((await reset).status).toBe(200);
  });

  test('keeps ids growing', async () => {
    const { post } = testService();
    const number = async () =>
      Number(/-c(\d+)$/.exec(String((await post('/otp/request', { user: 'a' })).body['id']))?.[1]);
    const before = await number();
    await post('/mock/reset', {});
    expect(await number()).toBe(before + 1);
  });
});
