import { expect, test } from 'bun:test';
import { bundled } from '../support/bundle.ts';
import { mailCatcher } from '../support/mail-catcher.ts';
import { listening } from '../support/process.ts';
import { RedisServer } from '../support/redis-server.ts';

test('the bundle of the images serves codes from the shared store and sends them by e-mail', async () => {
  await using bundle = await bundled();
  await using redis = await RedisServer.start();
  await using mail = await mailCatcher();
  const env = {
    OTP_STORE: redis.url,
    OTP_PEPPER: 'a'.repeat(48),
    OTP_SMTP_URL: `smtp://127.0.0.1:${mail.port}?tls.rejectUnauthorized=false`,
    OTP_MAIL_FROM: 'otp@example.com',
  };
  using service = await listening(env, bundle.main, bundle.empty);
  while ((await fetch(`${service.url}/readyz`)).status !== 200) await Bun.sleep(20);
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const sent = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await fetch(`${service.url}${path}`, sent)).status;
  };
  expect(await post('/otp/request', { user: 'alice', code: '123456' })).toBe(200);
  expect(await post('/otp/verify', { user: 'alice', code: '123456' })).toBe(200);
  expect(await post('/otp/verify', { user: 'alice', code: '123456' })).toBe(404);
  expect(await post('/mock/reset', {})).toBe(200);
  expect(await post('/otp/request', { user: 'bob@example.com', channel: 'email' })).toBe(200);
  expect((await mail.caught(1)).map(({ recipients }) => recipients)).toEqual([['bob@example.com']]);
});
