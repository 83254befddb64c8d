import { describe, expect, test } from 'bun:test';
import { testService } from '../support/api.ts';

const [first, second] = ['a'.repeat(32), 'B-._~+/=!'.repeat(5)];
const { post, send } = testService({ OTP_API_KEYS: `${first},${second}` });
const routes = ['/otp/request', '/otp/verify', '/otp/cancel'];

describe('API keys', () => {
  test.each(routes)('%s accepts each of the keys', async (path) => {
    for (const key of [first, second]) {
      for (const scheme of ['Bearer', 'bearer', 'BEARER ']) {
        expect((await post(path, {}, { authorization: `${scheme} ${key}` })).status).toBe(400);
      }
    }
  });

  test.each([
    ['no key', undefined],
    ['an empty key', 'Bearer '],
    ['another key', `Bearer ${'c'.repeat(32)}`],
    ['half of a key', `Bearer ${first.slice(0, 16)}`],
    ['a key and one more character', `Bearer ${first}a`],
    ['both keys', `Bearer ${first},${second}`],
    ['a key in another letter case', `Bearer ${first.toUpperCase()}`],
    ['a key under another scheme', `Basic ${first}`],
    ['a key without a scheme', first],
  ])('%s is 401 unauthorized, and the answer names the scheme', async (_, authorization) => {
    for (const path of routes) {
      const answer = await post(
        path,
        { user: 'alice', code: '123456' },
        authorization === undefined ? {} : { authorization },
      );
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(answer.text).not.toContain(first);
    }
  });

  test('the key is checked after the path and the method, and before the body', async () => {
    expect((await post('/otp/nothing', {})).status).toBe(404);
    expect((await send('/otp/verify', { method: 'PUT' })).status).toBe(405);
    expect((await post('/otp/verify', 'x'.repeat(20_000), { 'content-type': 'text/plain' })).status).toBe(
      401,
    );
    const authorization = `Bearer ${first}`;
    expect((await post('/otp/verify', 'x', { 'content-type': 'text/plain', authorization })).status).toBe(
      415,
    );
  });

  test('probes and Swagger UI need no key', async () => {
    for (const path of ['/livez', '/swagger', '/swagger/json', '/swagger/assets/start.js']) {
      expect((await send(path)).status).toBe(200);
    }
    expect((await send('/readyz')).status).toBe(503);
  });

  test('the OpenAPI document declares the scheme for routes that require a key', async () => {
    const document = JSON.parse((await send('/swagger/json')).text);
    expect(document.components.securitySchemes).toEqual({ key: { type: 'http', scheme: 'bearer' } });
    for (const path of routes) expect(document.paths[path].post.security).toEqual([{ key: [] }]);
    expect(document.paths['/livez'].get).not.toHaveProperty('security');
    const open = JSON.parse((await testService().send('/swagger/json')).text);
    expect(open.paths['/otp/request'].post).not.toHaveProperty('security');
  });
});
