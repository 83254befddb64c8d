import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { testService } from '../support/api.ts';
import { channelOf } from '../support/channel.ts';
import { exchange } from '../support/raw.ts';

const { service } = testService({ PORT: '0', HOST: '127.0.0.1', OTP_ALLOWED_HOSTS: 'otp.example.com' });
const strict = testService(
  {
    PORT: '0',
    HOST: '127.0.0.1',
    OTP_MODE: 'strict',
    OTP_API_KEYS: 'k'.repeat(32),
    OTP_METRICS_KEYS: 'm'.repeat(32),
  },
  [channelOf(async () => {})],
);
beforeAll(() => Promise.all([service.listen(), strict.service.listen()]));
afterAll(() => Promise.all([service.stop(), strict.service.stop()]));

/** Sends a request with exactly these headers; resolves to the answer and its parts. */
async function raw(method: string, path: string, headers: Record<string, string>, url = service.url) {
  const lines = Object.entries({ ...headers, Connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const text = await exchange(url, `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const [, status] = /^HTTP\/1\.1 (\d+)/.exec(text) ?? [];
  return { status: Number(status), code: /"code":"(\w+)"/.exec(text)?.[1], text };
}

const routes = [
  ['POST', '/otp/request'],
  ['POST', '/otp/verify'],
  ['POST', '/otp/cancel'],
  ['GET', '/swagger'],
  ['GET', '/swagger/json'],
  ['GET', '/swagger/assets/start.js'],
  ['GET', '/nowhere'],
  ['GET', '/'],
] as const;

describe('the Host header in mock mode', () => {
  test.each(routes)(
    'a host that anyone could register is 403 forbidden_host: %s %s',
    async (method, path) => {
      expect(await raw(method, path, { Host: 'rebound.example.com' })).toMatchObject({
        status: 403,
        code: 'forbidden_host',
      });
    },
  );

  test.each([
    'otp.evil.com',
    'localhost.evil.com',
    'x.svc.evil.com',
    'evil.localhost.com',
    'evil.docker.internal',
    'host.docker.internal.evil.com',
    '127.0.0.1.evil.com',
    'otp.example.com.',
    'a b',
    '%%%%',
    '[bad',
    '[::1]x',
    '.',
    '1.2.3',
  ])('a host that anyone could register is 403 forbidden_host: %j', async (host) => {
    const answer = await raw('GET', '/swagger', { Host: host });
    expect(answer).toMatchObject({ status: 403, code: 'forbidden_host' });
    expect(answer.text.toLowerCase()).toContain('x-request-id: ');
  });

  test.each([
    ['otp.evil.com', 'The host "otp.evil.com" is not a local one.'],
    ['OTP.team.example:8080', 'The host "OTP.team.example:8080" is not a local one.'],
    [`${'a'.repeat(80)}.com`, `The host "${'a'.repeat(64)}" is not a local one.`],
    ['a\u001b[31m.b', 'The host "a[31m.b" is not a local one.'],
  ])('the detail names the host and the setting that allows it: %j', async (host, detail) => {
    const { body } = await testService().send('/swagger', { headers: { host } });
    expect(body['detail']).toBe(
      `${detail} If it is yours, add its name to OTP_ALLOWED_HOSTS, in lower case and without the port.`,
    );
  });

  test.each([
    'localhost',
    'LOCALHOST:80',
    '127.0.0.1',
    '192.168.49.2:30080',
    '[::1]:8080',
    'otp',
    'otp-service:80',
    'app.localhost:3000',
    'host.docker.internal:8080',
    'host.containers.internal',
    'otp-service.default.svc',
    'otp-service.default.svc.cluster.local:80',
    'OTP.example.com',
  ])('a local or allowed host is accepted: %s', async (host) => {
    for (const path of ['/swagger', '/swagger/json', '/livez'])
      expect((await raw('GET', path, { Host: host })).status).toBe(200);
    expect((await raw('POST', '/otp/verify', { Host: host })).status).toBe(400);
    expect((await raw('GET', '/otp/verify', { Host: host })).text).toContain('allow: POST');
  });
});

describe('the Origin header in mock mode', () => {
  test.each(routes)('a web page from another origin is 403 forbidden_origin: %s %s', async (method, path) => {
    for (const origin of ['https://evil.com', 'null', 'http://localhost:1']) {
      const answer = await raw(method, path, { Host: 'localhost:8080', Origin: origin });
      expect(answer).toMatchObject({ status: 403, code: 'forbidden_origin' });
    }
  });

  test('the detail names the origin and the setting that allows it', async () => {
    const { text } = await raw('GET', '/swagger', {
      Host: 'localhost:8080',
      Origin: `https://${'a'.repeat(80)}.com`,
    });
    expect(text).toContain(
      `"detail":"Web pages of the origin \\"https://${'a'.repeat(56)}\\" may not call this service. Call it from your server, or add the origin to OTP_ALLOWED_ORIGINS."`,
    );
  });

  test('a page without an origin, which no setting can allow, is told to be served over HTTP', async () => {
    const { text } = await raw('GET', '/swagger', { Host: 'localhost:8080', Origin: 'null' });
    expect(text).toContain(
      '"detail":"A page without an origin, such as a file, may not call this service. Serve',
    );
  });

  test('a web page from the service’s own origin is accepted', async () => {
    for (const [host, origin] of [
      ['localhost:8080', 'http://localhost:8080'],
      ['otp.example.com', 'https://otp.example.com'],
      ['localhost:80', 'http://localhost'],
    ] as const) {
      expect((await raw('GET', '/swagger/json', { Host: host, Origin: origin })).status).toBe(200);
    }
  });
});

test('probes accept any Host and any Origin', async () => {
  for (const path of ['/livez', '/readyz']) {
    expect(
      (await raw('GET', path, { Host: 'anything.example.com', Origin: 'https://evil.com' })).status,
    ).toBe(200);
  }
});

test.each(['/livez', '/readyz', '/metrics'])(
  '%s answers HTTP/1.0 without a Host, as a load balancer sends it by default',
  async (path) => {
    const answer = await exchange(service.url, `GET ${path} HTTP/1.0\r\n\r\n`);
    expect(answer).toStartWith('HTTP/1.1 200 OK\r\n');
    const metrics = await exchange(service.url, 'GET /metrics HTTP/1.0\r\n\r\n');
    expect(metrics).toContain(`_count{route="${path}",method="GET",status="200"}`);
  },
);

test('other routes are 403 forbidden_host to HTTP/1.0 without a Host', async () => {
  for (const path of ['/mock/inbox', '/swagger', '/livez/', '//livez'])
    expect(await exchange(service.url, `GET ${path} HTTP/1.0\r\n\r\n`)).toContain('"code":"forbidden_host"');
});

test('strict mode requires a key, and accepts any Host and any Origin', async () => {
  const headers = { Host: 'otp.anybody.com', Origin: 'https://app.anybody.com' };
  expect(await raw('POST', '/otp/verify', headers, strict.service.url)).toMatchObject({
    status: 401,
    code: 'unauthorized',
  });
});
