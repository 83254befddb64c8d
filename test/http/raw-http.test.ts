import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { testService } from '../support/api.ts';
import { channelOf } from '../support/channel.ts';
import { exchange, halves } from '../support/raw.ts';

const { service } = testService({ PORT: '0', HOST: '127.0.0.1' });
beforeAll(() => service.listen());
afterAll(() => service.stop());

const post = (path: string, body: object, more = '') => {
  const json = JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n${more}\r\n${json}`;
};
const statuses = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));

test('pipelined requests are answered in order, with the store in memory', async () => {
  const alice = { user: 'alice' };
  const sent = [
    post('/otp/request', { ...alice, code: '111111' }),
    post('/otp/verify', { ...alice, code: '999999' }),
    'GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n',
    post('/otp/verify', { ...alice, code: '111111' }),
    post('/otp/verify', { ...alice, code: '111111' }, 'Connection: close\r\n'),
  ];
  expect(statuses(await exchange(service.url, sent.join('')))).toEqual([200, 401, 404, 200, 404]);
});

describe('invalid HTTP', () => {
  test.each([
    ['both a length and chunks', post('/otp/request', { user: 'alice' }, 'Transfer-Encoding: chunked\r\n')],
    ['two lengths', post('/otp/request', { user: 'alice' }, 'Content-Length: 3\r\n')],
    ['a negative length', 'POST /otp/request HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n'],
    ['20 KB of headers', `GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['no Host', 'GET /livez HTTP/1.1\r\n\r\n'],
    ['a space in a header’s name', 'GET /livez HTTP/1.1\r\nHost: localhost\r\nBad Name: x\r\n\r\n'],
  ])('a request with %s gets an empty 4xx and a closed connection', async (_, sent) => {
    const answer = await exchange(service.url, sent);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d [\w ]+\r\n/);
    expect(answer.split('\r\n\r\n')[1]).toBe('');
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
  });
});

test.each(['localhost:99999', 'xn--a', '[::1]:99999'])(
  'a query is read under %s, a host that is accepted and is none in a URL',
  async (host) => {
    const path = '/twilio/2010-04-01/Accounts/AC1/Messages.json?PageSize=1';
    const head = `Host: ${host}\r\nAuthorization: Bearer token\r\nConnection: close\r\n`;
    const answer = await exchange(service.url, `GET ${path} HTTP/1.1\r\n${head}\r\n`);
    expect(answer).toStartWith('HTTP/1.1 200 OK');
    expect(answer).toContain('"page_size":1');
  },
);

test('Bun closes a connection without a byte at a method that nobody has registered, and the service goes on', async () => {
  const asked = (method: string) =>
    `${method} /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
  for (const method of ['FOO', 'get']) expect(await exchange(service.url, asked(method))).toBe('');
  const registered = await exchange(service.url, asked('PROPFIND'));
  expect(statuses(registered)).toEqual([405]);
  expect(registered.toLowerCase()).toContain('allow: get, head');
  expect((await fetch(`${service.url}/livez`)).status).toBe(200);
});

/** A GET of this target, with these headers. The connection closes after the answer. */
const get = (target: string, headers = 'Host: localhost\r\n', version = '1.1') =>
  `GET ${target} HTTP/${version}\r\n${headers}Connection: close\r\n\r\n`;

describe('a request target', () => {
  test.each([
    '/otp/../mock/inbox',
    '/otp/%2e%2e/mock/inbox',
    '/otp/.%2E/mock/inbox',
    '/otp/../nowhere/../mock/inbox?user=alice',
    '/mock/./inbox',
    '/mock/inbox\\..\\inbox',
    '/mock\\inbox',
    '/otp/..\\mock\\inbox',
    'http://localhost/otp/../mock/inbox',
    '/otp/../livez',
    '/..',
  ])(
    'in another than its normal form is 400 invalid_target where it would reach a route: %s',
    async (target) => {
      const answer = await exchange(service.url, get(target));
      expect(statuses(answer)).toEqual([400]);
      expect(answer).toContain('"code":"invalid_target"');
      expect(answer.toLowerCase()).toContain('x-request-id: ');
    },
  );

  test.each([
    '//mock/inbox',
    '/mock//inbox',
    '/mock/%69nbox',
    '/otp/../nowhere',
    '/mock/inbox/',
    '/mock/inbox#x',
  ])('that is no path of a route is 404 not_found: %s', async (target) => {
    expect(statuses(await exchange(service.url, get(target)))).toEqual([404]);
  });

  test('with dots in its query, or with a host of its own, is in normal form', async () => {
    for (const target of ['/mock/inbox?user=/../', 'http://localhost/mock/inbox'])
      expect(statuses(await exchange(service.url, get(target)))).toEqual([200]);
  });

  test('is compared with every route by Bun: Elysia gives it all but those that end in *', () => {
    const { routes } = service.app;
    expect(routes.length).toBeGreaterThan(20);
    expect(routes.map(({ path }) => path).filter((path) => path.endsWith('*'))).toEqual([]);
  });

  test('reaches no route by a part of its path, whatever the Host', async () => {
    const keys = { OTP_API_KEYS: 'k'.repeat(32), OTP_METRICS_KEYS: 'm'.repeat(32) };
    const env = { PORT: '0', HOST: '127.0.0.1', OTP_MODE: 'strict', ...keys };
    const { service } = testService(env, [channelOf(async () => {})]);
    await service.listen();
    for (const sent of [get('/a-long-name/livez', '', '1.0'), get('/a-long-name/livez', 'Host: a/b\r\n')])
      expect(statuses(await exchange(service.url, sent))).toEqual([400]);
    await service.stop();
  });
});

describe('a body in chunks', () => {
  const chunked = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{"user":"alice"}\r\n0\r\n`;
  const trailer = 'X-Checksum: 1\r\n\r\n';

  test.each([
    ['/otp/request', 200],
    ['/otp/verify', 400],
    ['/nowhere', 404],
    ['/livez', 405],
  ])(
    'with a trailer is answered with Connection: close, and the connection ends: %s',
    async (path, status) => {
      const answer = await exchange(service.url, chunked(path) + trailer);
      expect(statuses(answer)[0]).toBe(status);
      expect(answer.split('\r\n\r\n')[0]?.toLowerCase()).toContain('\r\nconnection: close');
    },
  );

  test('whose trailer comes after the answer gets that one answer', async () => {
    const { begun, answer, send } = halves(service.url, `${chunked('/nowhere')}`);
    await begun;
    send(trailer);
    expect(statuses(await answer)).toEqual([404]);
  });

  test.each(['', 'Content-Type: application/json\r\n'])(
    'without bytes is no body, where the body is optional: %j',
    async (type) => {
      const head = `POST /mock/reset HTTP/1.1\r\nHost: localhost\r\n${type}Transfer-Encoding: chunked\r\n\r\n`;
      expect(statuses(await exchange(service.url, `${head}0\r\n\r\n`))).toEqual([200]);
    },
  );

  test('without bytes is 400 malformed_json, where a body is required', async () => {
    const head = 'POST /otp/request HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n';
    const answer = await exchange(service.url, `${head}0\r\n\r\n`);
    expect(statuses(answer)).toEqual([400]);
    expect(answer).toContain('"code":"malformed_json"');
  });

  test('of another type is 415 before it is 413', async () => {
    const head =
      'POST /mock/reset HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n';
    const sent = `${head}5000\r\n${'x'.repeat(20_480)}\r\n0\r\n\r\n`;
    expect(statuses(await exchange(service.url, sent))).toEqual([415]);
  });

  test('without a trailer is answered in the same way', async () => {
    const answer = await exchange(service.url, `${chunked('/otp/request')}\r\n`);
    expect(statuses(answer)).toEqual([200]);
  });
});

test('a body with a length leaves the connection open', async () => {
  const answer = await exchange(
    service.url,
    post('/otp/request', { user: 'alice' }) + get('/livez', 'Host: localhost\r\n'),
  );
  expect(statuses(answer)).toEqual([200, 200]);
});

test('a client that disconnects mid-body causes no error in the log', async () => {
  const { service, log, clock } = testService({ PORT: '0', HOST: '127.0.0.1' });
  await service.listen();
  const { hostname, port } = new URL(service.url);
  const half = post('/otp/request', { user: 'alice' }).slice(0, -5);
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => {
      const socket = connect(Number(port), hostname).on('close', resolve);
      socket.write(half, () => socket.destroy());
    });
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
  }
  await service.stop();
  await clock.settle();
  expect(log().map(({ level }) => level)).toEqual(['info', 'info', 'info']);
});
