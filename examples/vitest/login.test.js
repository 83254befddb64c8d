import { startOtpService } from 'mock-otp-service/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Login } from './login.js';

// Each file of tests has a service of its own, so that files can run in parallel and move their clocks.
let otp;
let login;
beforeAll(async () => {
  otp = await startOtpService({ settings: { OTP_TTL: 300 } });
  login = new Login(otp.url);
});
beforeEach(() => otp.reset());
afterAll(() => otp?.stop());

test('the code logs in once', async () => {
  await login.sendCode('+15550001');
  const { code } = await otp.waitForCode({ user: '+15550001' });
  expect(await login.enter('+15550001', code)).toBe('Welcome, +15550001');
  expect(await login.enter('+15550001', code)).toBe('Wrong code');
});

test('a code is good for five minutes, and the test does not wait for them', async () => {
  await login.sendCode('+15550002');
  const { code } = await otp.waitForCode({ user: '+15550002' });
  await otp.clock.advance(300);
  expect(await login.enter('+15550002', code)).toBe('Your code has expired');
});

test('a provider that fails once does not break the login', async () => {
  await otp.faults.set([{ on: 'request', times: 1, status: 503 }]);
  expect(await login.sendCode('+15550003')).toBe(false);
  expect(await login.sendCode('+15550003')).toBe(true);
});
