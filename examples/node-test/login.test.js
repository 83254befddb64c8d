import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startOtpService } from 'mock-otp-service/client';
import { Login } from './login.js';

let otp;
let login;
before(async () => {
  otp = await startOtpService();
  login = new Login(otp.url);
});
after(() => otp?.stop());

test('the code logs in once', async () => {
  await login.sendCode('+15550001');
  const { code } = await otp.waitForCode({ user: '+15550001' });
  assert.equal(await login.enter('+15550001', code), 'Welcome, +15550001');
  assert.equal(await login.enter('+15550001', code), 'Wrong code');
});

test('an expired code gets a message of its own, without a wait', async () => {
  await login.sendCode('+15550002');
  const { code } = await otp.waitForCode({ user: '+15550002' });
  await otp.expire({ user: '+15550002' });
  assert.equal(await login.enter('+15550002', code), 'Your code has expired');
});

test('a provider that fails once does not break the login', async () => {
  await otp.faults.set([{ on: 'request', user: '+15550003', times: 1, status: 503 }]);
  assert.equal(await login.sendCode('+15550003'), false);
  assert.equal(await login.sendCode('+15550003'), true);
});
