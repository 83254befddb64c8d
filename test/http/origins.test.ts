import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { readConfig } from '../../src/config.ts';
import { testService } from '../support/api.ts';

const PAGE = 'http://localhost:5173';
const OTHER = 'https://app.example.com';
const { send, post } = testService({ OTP_ALLOWED_ORIGINS: `${PAGE}, ${OTHER}` });

describe('a web page whose origin is named in OTP_ALLOWED_ORIGINS', () => {
  test.each([PAGE, OTHER])('may call the service and read its answers: %s', async (origin) => {
    const { status, headers } = await post('/otp/request', { user: 'alice' }, { origin });
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('vary')).toBe('origin');
    expect(headers.get('access-control-expose-headers')).toBe('x-request-id, retry-after');
    expect(headers.has('access-control-allow-credentials')).toBe(false);
  });

  test.each([
    ['a refused field', '/otp/request', { usr: 'alice' }, 400],
    ['a code that does not exist', '/otp/verify', { user: 'nobody', code: '123456' }, 404],
    ['an unknown path', '/nowhere', {}, 404],
  ])('may read errors too: %s', async (_, path, body, status) => {
    const answer = await post(path, body, { origin: PAGE });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, PAGE]);
  });

  test('may follow the events', async () => {
    const answer = await testService({ OTP_ALLOWED_ORIGINS: PAGE }).service.app.handle(
      new Request('http://localhost/mock/events', { headers: { origin: PAGE } }),
    );
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    await answer.body?.cancel();
  });

  test.each([
    ['/otp/request', 'POST'],
    ['/mock/faults', 'GET, PUT, DELETE, HEAD'],
  ])('gets the methods and headers of a path from a preflight: %s', async (path, methods) => {
    const headers = { origin: PAGE, 'access-control-request-method': 'POST' };
    const answer = await send(path, { method: 'OPTIONS', headers });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(answer.headers.get('access-control-allow-methods')).toBe(methods);
    expect(answer.headers.get('access-control-allow-headers')).toBe(
      'content-type, authorization, x-request-id, last-event-id, mcp-protocol-version, mcp-method, mcp-name',
    );
    expect(answer.headers.get('access-control-max-age')).toBe('600');
  });

  test('gets no preflight for a path that does not exist, nor without the method that it asks for', async () => {
    const headers = { origin: PAGE };
    expect((await send('/otp/request', { method: 'OPTIONS', headers })).status).toBe(405);
    const asked = { ...headers, 'access-control-request-method': 'POST' };
    expect((await send('/nowhere', { method: 'OPTIONS', headers: asked })).status).toBe(404);
  });

  test('needs no key for a preflight, and one for the call', async () => {
    const keyed = testService({ OTP_ALLOWED_ORIGINS: PAGE, OTP_API_KEYS: 'k'.repeat(32) });
    const headers = { origin: PAGE, 'access-control-request-method': 'POST' };
    expect((await keyed.send('/otp/request', { method: 'OPTIONS', headers })).status).toBe(204);
    const refused = await keyed.post('/otp/request', { user: 'alice' }, { origin: PAGE });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, PAGE]);
  });
});

describe('any other web page', () => {
  test.each([
    'http://localhost:5174',
    'https://localhost:5173',
    'http://localhost:5173.evil.com',
    'http://evil.com/http://localhost:5173',
    'HTTP://LOCALHOST:5173',
    'null',
    '*',
  ])('is refused, and gets no leave to read that: %s', async (origin) => {
    for (const method of ['POST', 'OPTIONS']) {
      const headers = { origin, 'access-control-request-method': 'POST' };
      const answer = await send('/otp/request', { method, headers });
      expect([answer.status, answer.body['code']]).toEqual([403, 'forbidden_origin']);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test('gets no leave from any origin that is not named', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.webUrl().map((url) => new URL(url).origin),
        async (origin) => {
          fc.pre(origin !== OTHER);
          const { headers } = await send('/otp/verify', { method: 'POST', headers: { origin } });
          expect(headers.has('access-control-allow-origin')).toBe(false);
        },
      ),
    );
  });
});

test.each([
  ['*', 'OTP_ALLOWED_ORIGINS must be origins separated by commas'],
  ['http://localhost:5173/', 'OTP_ALLOWED_ORIGINS must be origins separated by commas'],
  ['localhost:5173', 'OTP_ALLOWED_ORIGINS must be origins separated by commas'],
  [
    'https://app.example.com:443',
    'has https://app.example.com:443, which browsers write https://app.example.com',
  ],
])('%s is not an origin as browsers write it, and the service does not start', (origin, reason) => {
  expect(() => readConfig({ OTP_ALLOWED_ORIGINS: origin })).toThrow(reason);
});
