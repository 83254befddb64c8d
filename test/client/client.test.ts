import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { OtpError, OtpService, startOtpService } from '../../src/client/index.ts';
import { createService } from '../../src/service.ts';

const KEY = 'k'.repeat(32);
const service = createService({ HOST: '127.0.0.1', PORT: '0', OTP_API_KEYS: KEY });
let otp: OtpService;
beforeAll(async () => {
  otp = new OtpService(await service.listen(), { key: KEY });
});
beforeEach(() => otp.reset());
afterAll(() => service.stop());

/** The problem of a call that the service refuses. */
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof OtpError ? error.code : error),
  );

describe('the client for tests', () => {
  test('requests, waits for, verifies and cancels a code', async () => {
    const waiting = otp.waitForCode({ user: '+15551234', purpose: 'login', timeout: 5 });
    const { code, id, expiresIn } = await otp.request({ user: '+15551234', purpose: 'login', ttl: 60 });
    expect(expiresIn).toBe(60);
    expect(await waiting).toMatchObject({ id, code, state: 'pending' });
    const guess = { user: '+15551234', purpose: 'login', code: code ?? '' };
    expect(await refusal(otp.verify({ ...guess, code: code === '0000' ? '1111' : '0000' }))).toBe(
      'invalid_code',
    );
    await otp.verify(guess);
    expect(await refusal(otp.verify(guess))).toBe('no_code');
    expect(await otp.inbox({ user: '+15551234' })).toMatchObject([{ id, state: 'verified' }]);
    const { code: second } = await otp.request({ user: '+15551234' });
    expect(await otp.waitForCode({ user: '+15551234', after: id })).toMatchObject({ code: second });
    await otp.cancel({ user: '+15551234' });
    expect(await otp.inbox({ limit: 1 })).toMatchObject([{ state: 'cancelled' }]);
  });

  test('expires codes, one by one or by the clock', async () => {
    await otp.request({ user: 'alice', code: '111111' });
    await otp.expire({ user: 'alice' });
    expect(await refusal(otp.verify({ user: 'alice', code: '111111' }))).toBe('code_expired');
    await otp.request({ user: 'bob', code: '111111' });
    await otp.clock.freeze();
    expect(await otp.clock.advance(301)).toMatchObject({ frozen: true, expired: 1 });
    expect(await refusal(otp.verify({ user: 'bob', code: '111111' }))).toBe('code_expired');
    expect((await otp.clock.unfreeze()).frozen).toBe(false);
    expect((await otp.clock.set(new Date(Date.now() + 3_600_000))).offset).toBeGreaterThan(3_500);
    expect((await otp.clock.reset()).offset).toBe(0);
    expect((await otp.clock.read()).offset).toBe(0);
  });

  test('sets fixed codes and faults, and takes them back', async () => {
    await otp.codes.set([{ user: 'test-*', code: '123456' }]);
    expect(await otp.request({ user: 'test-1' })).toMatchObject({ code: '123456' });
    expect(await otp.codes.list()).toHaveLength(1);
    await otp.codes.clear();
    expect(await otp.codes.list()).toEqual([]);
    await otp.faults.set([{ on: 'request', times: 1, status: 503 }]);
    expect(await refusal(otp.request({ user: 'alice' }))).toBe('injected_fault');
    await otp.request({ user: 'alice' });
  });

  test('follows the events, also from an earlier one on', async () => {
    const events = otp.events();
    const first = events.next();
    // The stream begins when the service has the call: request until it tells of one.
    let last = await otp.request({ user: 'alice' });
    const timer = setInterval(async () => {
      last = await otp.request({ user: 'alice' });
    }, 20);
    const { value } = await first;
    clearInterval(timer);
    expect(value).toMatchObject({ user: 'alice' });
    await events.return();
    for await (const event of otp.events('0')) {
      if (event['otp'] === last.id && event.type === 'otp.requested') break;
    }
  });

  test('follows the events of a user whose name has a line separator', async () => {
    const { id } = await otp.request({ user: 'a\u2028b' });
    for await (const event of otp.events('0')) {
      if (event['otp'] !== id) continue;
      expect(event).toMatchObject({ type: 'otp.requested', user: 'a\u2028b' });
      break;
    }
  });

  test('an error says what is wrong, field by field, with the status and the whole problem', async () => {
    const error = await otp.request({ user: '', ttl: -1 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OtpError);
    expect(error).toMatchObject({
      status: 400,
      code: 'invalid_request',
      message: expect.stringContaining('/ttl must be a whole number'),
      problem: { errors: [{ field: '/user' }, { field: '/ttl' }] },
    });
    expect(await refusal(new OtpService(otp.url).reset())).toBe('unauthorized');
  });

  test('an address without http:// is refused at once', () => {
    expect(() => new OtpService('localhost:8080')).toThrow('must begin with http:// or https://');
  });
});

describe("a service of the test's own", () => {
  test('serves with the settings that the test gives, and is gone when it is disposed of', async () => {
    let url = '';
    {
      await using own = await startOtpService({ settings: { OTP_TTL: 60, OTP_API_KEYS: KEY } });
      url = own.url;
      expect((await own.request({ user: 'alice' })).expiresIn).toBe(60);
    }
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  test('says why it does not start', async () => {
    await expect(startOtpService({ settings: { OTP_LENGTH: 3 } })).rejects.toThrow(
      'OTP_LENGTH must be a whole number from 4 to 10, not 3',
    );
  });

  test('is ready whatever log level was asked for', async () => {
    await using started = await startOtpService({ settings: { LOG_LEVEL: 'error', OTP_API_KEYS: KEY } });
    expect(await started.request({ user: 'alice', code: '1234' })).toMatchObject({ code: '1234' });
  });
});
