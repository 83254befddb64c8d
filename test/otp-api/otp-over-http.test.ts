import { afterAll, beforeAll, expect, test } from 'bun:test';
import { testService } from '../support/api.ts';

const { service, clock, post } = testService({ PORT: '0', HOST: '127.0.0.1' });
beforeAll(() => service.listen());
afterAll(() => service.stop());

test('a code is live until its deadline, expired for a minute, then unknown', async () => {
  await post('/otp/request', { user: 'alice', code: '111111', ttl: 5 });
  const verify = async () => (await post('/otp/verify', { user: 'alice', code: '999999' })).status;
  expect(await verify()).toBe(401);
  await clock.advance(4_999);
  expect(await verify()).toBe(401);
  await clock.advance(1);
  expect(await verify()).toBe(410);
  await clock.advance(60_000 - 1);
  expect(await verify()).toBe(410);
  await clock.advance(1_001);
  expect(await verify()).toBe(404);
});

test('over the network a body of 16 KiB is accepted, and one byte more is 413', async () => {
  for (const [bytes, status] of [
    [16_384, 200],
    [16_385, 413],
    [50_000_000, 413],
  ] as const) {
    const answer = await fetch(`${service.url}/otp/request`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"user":"alice"}${' '.repeat(bytes - 16)}`,
    });
    expect(answer.status).toBe(status);
    if (status === 413) expect(await answer.json()).toMatchObject({ code: 'body_too_large' });
  }
});

test('of 50 simultaneous verifications over the network exactly one wins, 300 times over', async () => {
  const call = (path: string, body: object) =>
    fetch(`${service.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'bob', ...body }),
    });
  for (let race = 0; race < 300; race++) {
    await call('/otp/request', { code: '222222' });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => call('/otp/verify', { code: '222222' })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...new Array<number>(49).fill(404)]);
  }
});
