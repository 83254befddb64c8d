import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';

const preload = join(import.meta.dir, '../../src/redirect/redirect.cjs');

/** Runs a program on Node with the preload. It prints one JSON value. */
async function run(program: string, mockUrl: string): Promise<{ out: string; err: string; status: number }> {
  const child = Bun.spawn(['node', '--require', preload, '--input-type=module', '-e', program], {
    env: { PATH: process.env['PATH'], OTP_MOCK_URL: mockUrl },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [out, err] = await Promise.all([child.stdout, child.stderr].map((it) => new Response(it).text()));
  return { out: out ?? '', err: err ?? '', status: await child.exited };
}

/** Calls addresses in many ways. Prints for each the path that a call came to, or that it came nowhere. */
const CALLS = `
  import https, { get, request } from 'node:https';
  const paths = {};
  const sent = (name, request) => new Promise((resolve) => {
    request.on('response', (response) => { response.resume(); paths[name] = response.headers['x-seen']; resolve(); });
    request.on('error', () => { paths[name] = 'nowhere'; resolve(); });
    request.end();
  });
  const elsewhere = { lookup: (_, __, done) => done(new Error('not redirected')) };
  await sent('options', request({ hostname: 'verify.twilio.com', port: 443, path: '/v2/Services?a=1', agent: new https.Agent() }));
  await sent('text', request('https://api.twilio.com/2010-04-01/x', { headers: { Host: 'api.twilio.com' } }));
  await sent('URL', get(new URL('https://verify.sydney.us1.twilio.com/v2')));
  await sent('name with its last dot', get('https://api.twilio.com./2010-04-01/y'));
  await sent('get by module', https.get('https://api.nexmo.com/v2/verify', () => {}));
  await sent('host with port', request({ host: 'API.VONAGE.COM:443', path: '/v2/verify' }));
  await sent('list of headers', request({ hostname: 'api.prelude.dev', path: '/v2', headers: ['Host', 'api.prelude.dev', 'A', 'b'] }));
  for (const host of ['twilio.com', 'eviltwilio.com', 'verify.twilio.com.example', 'notverify.twilio.com', 'lookups.us1.twilio.com', 'example.com'])
    await sent(host, request({ hostname: host, path: '/', ...elsewhere }));
  paths.fetch = (await fetch('https://api.prelude.dev/v2/verification')).headers.get('x-seen');
  paths['fetch of a Request'] = (await fetch(new Request('https://api.nexmo.com/v2/verify', { method: 'POST', body: 'x' }))).headers.get('x-seen');
  console.log(JSON.stringify(paths));
`;

describe('the preload', () => {
  test('sends calls for known hosts to the service, whatever form they have, and leaves all others alone', async () => {
    // What came: the path, and the host without its port.
    await using server = Bun.serve({
      port: 0,
      fetch({ url, headers }): Response {
        const { pathname, search } = new URL(url);
        const host = headers.get('host')?.replace(/:\d+$/, '');
        return new Response('', { headers: { 'x-seen': `${pathname}${search} ${host}` } });
      },
    });
    const { out, err } = await run(CALLS, `${server.url}base/`);
    expect(err).toBe('');
    expect(JSON.parse(out)).toEqual({
      'name with its last dot': '/base/twilio/2010-04-01/y localhost',
      options: '/base/twilio/v2/Services?a=1 localhost',
      text: '/base/twilio/2010-04-01/x localhost',
      URL: '/base/twilio/v2 localhost',
      'get by module': '/base/vonage/v2/verify localhost',
      'host with port': '/base/vonage/v2/verify localhost',
      'list of headers': '/base/prelude/v2 localhost',
      'twilio.com': 'nowhere',
      'eviltwilio.com': 'nowhere',
      'verify.twilio.com.example': 'nowhere',
      'notverify.twilio.com': 'nowhere',
      'lookups.us1.twilio.com': 'nowhere',
      'example.com': 'nowhere',
      fetch: '/base/prelude/v2/verification localhost',
      'fetch of a Request': '/base/vonage/v2/verify localhost',
    });
  });

  test('does nothing without OTP_MOCK_URL', async () => {
    const program =
      "import https from 'node:https'; console.log(https.request.name, fetch.toString().includes('prefix'))";
    expect((await run(program, '')).out.trim()).toBe('request false');
  });

  test('says what is wrong with an OTP_MOCK_URL that is no address', async () => {
    for (const address of ['localhost:8080', 'ftp://localhost', 'x']) {
      const { err, status } = await run('', address);
      expect(err).toContain('OTP_MOCK_URL must be the address of the service, such as http://localhost:8080');
      expect(status).toBe(1);
    }
  });
});
