import { expect, test } from 'bun:test';
import { bundled } from '../support/bundle.ts';
import { listening } from '../support/process.ts';
import { RedisServer } from '../support/redis-server.ts';

test('the bundle of the images serves codes from the shared store', async () => {
  await using bundle = await bundled();
  await using redis = await RedisServer.start();
  const env = { OTP_STORE: redis.url, OTP_PEPPER: 'a'.repeat(48) };
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
});
