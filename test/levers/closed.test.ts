import { describe, expect, test } from 'bun:test';
import { testService } from '../support/api.ts';
import { channelOf } from '../support/channel.ts';

const KEY = 'k'.repeat(32);
const { service } = testService();
const routes = service.app.routes
  .filter(({ path }) => path.startsWith('/mock/'))
  .map(({ method, path }) => ({ method, path }));

test('the app has more than 14 lever routes', () => {
  expect(routes.length).toBeGreaterThan(14);
});

describe('in strict mode the levers are not there:', () => {
  const { send } = testService({ OTP_MODE: 'strict', OTP_API_KEYS: KEY, OTP_METRICS_KEYS: 'm'.repeat(32) }, [
    channelOf(async () => {}),
  ]);
  test.each(routes)('$method $path is 404', async ({ method, path }) => {
    const headers = { authorization: `Bearer ${KEY}` };
    const { status, body } = await send(path, { method, headers });
    expect([status, body['code']]).toEqual([404, 'not_found']);
    expect(body['detail']).toStartWith('The test levers exist in mock mode alone.');
  });

  test('OTP_SEED prevents the service from starting', () => {
    expect(() =>
      testService(
        { OTP_MODE: 'strict', OTP_API_KEYS: KEY, OTP_METRICS_KEYS: 'm'.repeat(32), OTP_SEED: 'x' },
        [channelOf(async () => {})],
      ),
    ).toThrow('OTP_SEED must not');
  });
});

describe('with API keys set, before any other check,', () => {
  const { send } = testService({ OTP_API_KEYS: KEY });
  test.each(routes)('$method $path requires a key', async ({ method, path }) => {
    const without = await send(`${path}?nonsense=1`, { method });
    expect(without).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  });

  test.each(routes.filter(({ path }) => path !== '/mock/events'))(
    '$method $path accepts a key',
    async ({ method, path }) => {
      const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
      expect((await send(path, { method, headers })).status).not.toBe(401);
    },
  );
});

describe('input that a route does not read is refused, not ignored:', () => {
  const { send, post } = testService();
  test.each(routes)('$method $path with an unknown query parameter', async ({ method, path }) => {
    const body = path.endsWith('s') ? '[]' : '{"user":"alice","advance":1}';
    const headers = { 'content-type': 'application/json' };
    const init = { method, headers, ...(/^P/.test(method) && { body }) };
    expect(await send(`${path}?nonsense=1`, init)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
  });

  test('a user in the query of a reset, and in the body of a route that takes a query', async () => {
    await post('/otp/request', { user: 'bob', code: '111111' });
    expect(await post('/mock/reset?user=alice', {})).toMatchObject({
      body: { errors: [{ field: '/user' }] },
    });
    expect((await send('/mock/reset?user=alice', { method: 'POST' })).status).toBe(400);
    expect((await post('/mock/inbox', { user: 'alice' }, {}, 'DELETE')).status).toBe(400);
    expect((await post('/otp/request?ttl=5', { user: 'alice' })).status).toBe(400);
    expect((await send('/mock/inbox')).body).toMatchObject({ messages: [{ user: 'bob', state: 'pending' }] });
  });
});

describe('a page of another origin, or under a host name of its own, is refused:', () => {
  const { send } = testService();
  test.each(routes)('$method $path', async ({ method, path }) => {
    const foreign = await send(path, { method, headers: { origin: 'https://evil.com' } });
    expect(foreign).toMatchObject({ status: 403, body: { code: 'forbidden_origin' } });
    const rebound = await send(path, { method, headers: { host: 'rebound.evil.com' } });
    expect(rebound).toMatchObject({ status: 403, body: { code: 'forbidden_host' } });
  });
});
