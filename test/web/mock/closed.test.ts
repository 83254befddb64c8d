import { describe, expect, test } from 'bun:test';
import { rig } from '../../support/api.ts';
import { channelOf } from '../../support/channel.ts';

const KEY = 'k'.repeat(32);
const { service } = rig();
const routes = service.app.routes
  .filter(({ path }) => path.startsWith('/mock/'))
  .map(({ method, path }) => ({ method, path }));

test('there are levers to speak of', () => {
  expect(routes.length).toBeGreaterThan(14);
});

describe('in strict mode there is no lever:', () => {
  const { send } = rig({ OTP_MODE: 'strict', OTP_API_KEYS: KEY }, [channelOf(async () => {})]);
  test.each(routes)('$method $path is 404', async ({ method, path }) => {
    const headers = { authorization: `Bearer ${KEY}` };
    expect(await send(path, { method, headers })).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  test('and OTP_SEED keeps it from starting', () => {
    expect(() =>
      rig({ OTP_MODE: 'strict', OTP_API_KEYS: KEY, OTP_SEED: 'x' }, [channelOf(async () => {})]),
    ).toThrow('OTP_SEED must not');
  });
});

describe('with API keys set, before anything else is looked at,', () => {
  const { send } = rig({ OTP_API_KEYS: KEY });
  test.each(routes)('$method $path wants one', async ({ method, path }) => {
    const without = await send(`${path}?nonsense=1`, { method });
    expect(without).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  });

  test.each(routes.filter(({ path }) => path !== '/mock/events'))(
    '$method $path takes it',
    async ({ method, path }) => {
      const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
      expect((await send(path, { method, headers })).status).not.toBe(401);
    },
  );
});

describe('a page of another origin, or one that calls by a name of its own, is refused:', () => {
  const { send } = rig();
  test.each(routes)('$method $path', async ({ method, path }) => {
    const foreign = await send(path, { method, headers: { origin: 'https://evil.com' } });
    expect(foreign).toMatchObject({ status: 403, body: { code: 'forbidden_origin' } });
    const rebound = await send(path, { method, headers: { host: 'rebound.evil.com' } });
    expect(rebound).toMatchObject({ status: 403, body: { code: 'forbidden_host' } });
  });
});
