import { afterAll, beforeEach, expect, test } from 'bun:test';
import { createService } from 'mock-otp-service';
import { OtpService } from 'mock-otp-service/client';
import { Login } from './login.js';

// The service runs inside the test's process. Each file of tests has its own.
const service = createService({ HOST: '127.0.0.1', PORT: '0', OTP_TTL: '300' });
const otp = new OtpService(await service.listen());
const login = new Login(otp.url);
beforeEach(() => otp.reset());
afterAll(() => service.stop());

test('the code logs in once', async () => {
  await login.sendCode('+15550001');
  const { code } = await otp.waitForCode({ user: '+15550001' });
  expect(await login.enter('+15550001', code)).toBe('Welcome, +15550001');
  expect(await login.enter('+15550001', code)).toBe('Wrong code');
});

test('a code is good for five minutes, and the test does not wait for them', async () => {
  await login.sendCode('+15550001');
  const { code } = await otp.waitForCode({ user: '+15550001' });
  await otp.clock.advance(300);
  expect(await login.enter('+15550001', code)).toBe('Your code has expired');
});

test('a provider that fails once does not break the login', async () => {
  await otp.faults.set([{ on: 'request', times: 1, status: 503 }]);
  expect(await login.sendCode('+15550001')).toBe(false);
  expect(await login.sendCode('+15550001')).toBe(true);
});
