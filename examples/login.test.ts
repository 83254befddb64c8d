/** How to test a login over HTTP. Each test has its own user, so all can run in parallel. */
import { afterAll, expect, test } from 'bun:test';
import { treaty } from '@elysiajs/eden';
import { type App, createService } from 'mock-otp-service';
import { startLoginApp } from './login-app.ts';

// Runs the service inside the test. A separate one works too: otpUrl = 'http://localhost:8080'.
const service = createService({ HOST: '127.0.0.1', PORT: '0' });
const otpUrl = await service.listen();
const otp = treaty<App>(otpUrl, { parseDate: false });

const app = startLoginApp(otpUrl);
const submit = async (path: string, fields: Record<string, string>) =>
  (await fetch(new URL(path, app.url), { method: 'POST', body: new URLSearchParams(fields) })).text();

afterAll(() => Promise.all([app.stop(), service.stop()]));

test('the code logs in once', async () => {
  const user = '+15550001';
  await submit('/code', { user });
  const { data: message } = await otp.mock.inbox.wait.get({ query: { user, purpose: 'login' } });
  const code = message?.code ?? '';
  expect(await submit('/login', { user, code })).toContain(`Welcome, ${user}`);
  expect(await submit('/login', { user, code })).toContain('Wrong code.');
});

test('a second code replaces the first, and a test can wait for the code after the first', async () => {
  const user = '+15550002';
  const next = async (after: string) =>
    (await otp.mock.inbox.wait.get({ query: { user, after } })).data ?? { id: '', code: '' };
  await submit('/code', { user });
  const first = await next('0');
  await submit('/code', { user });
  const second = await next(first.id);
  expect(await submit('/login', { user, code: second.code })).toContain('Welcome');
});

test('an expired code gets its own message, and the test need not wait for it to expire', async () => {
  const user = '+15550003';
  await submit('/code', { user });
  await otp.mock.expire.post({ user, purpose: 'login' });
  expect(await submit('/login', { user, code: '000000' })).toContain('Your code has expired.');
});

test('a provider that fails once does not break the login', async () => {
  const user = '+15550004';
  await otp.mock.faults.put([{ on: 'request', user, times: 1, status: 503 }]);
  expect(await submit('/code', { user })).toContain('We cannot send a code right now.');
  expect(await submit('/code', { user })).toContain('name="code"');
});
