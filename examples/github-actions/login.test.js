import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { OtpService } from 'mock-otp-service/client';
import { Login } from './login.js';

// One service for all tests. Each test has a user of its own, so all can run in parallel.
const otp = new OtpService(process.env.OTP_URL ?? 'http://localhost:8080');
const login = new Login(otp.url);

test('the code logs in once', async () => {
  const user = randomUUID();
  await login.sendCode(user);
  const { code } = await otp.waitForCode({ user });
  assert.equal(await login.enter(user, code), `Welcome, ${user}`);
  assert.equal(await login.enter(user, code), 'Wrong code');
});

test('an expired code gets a message of its own, and the clock of the other tests stays', async () => {
  const user = randomUUID();
  await login.sendCode(user);
  const { code } = await otp.waitForCode({ user });
  await otp.expire({ user });
  assert.equal(await login.enter(user, code), 'Your code has expired');
});

test('a provider that is down does not break the login', async () => {
  assert.equal(await login.sendCode(`unreachable-${randomUUID()}`), false);
});
