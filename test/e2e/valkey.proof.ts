import { describe, expect, test } from 'bun:test';
import { COUNTS_KEPT } from '../../src/levers/codes/seeded-codes.ts';
import { KEYS } from '../../src/levers/shared/keys.ts';
import { createService } from '../../src/service.ts';
import { settings } from './scaled-settings.ts';
import { ValkeyPod } from './valkey-pod.ts';

const PASSWORD = 'b'.repeat(48);

async function becomesReady(pod: ValkeyPod): Promise<void> {
  while (!(await pod.passes('readinessProbe'))) await Bun.sleep(20);
}

/** A service with the settings of `k8s-scaled/`, and this pod as its store. */
async function serviceWith(pod: ValkeyPod, more: Record<string, string> = {}) {
  const log: string[] = [];
  // So that a busy machine doesn't look like an unavailable store.
  const patient = { OTP_STORE_TIMEOUT: '900' };
  const own = { HOST: '127.0.0.1', PORT: '0', SHUTDOWN_DRAIN: '0', LOG_LEVEL: 'warn', ...patient };
  const secrets = { OTP_STORE: pod.url, OTP_PEPPER: 'a'.repeat(48) };
  const service = createService(
    { ...settings, ...own, ...secrets, ...more },
    { write: (line) => log.push(line) },
  );
  await service.listen();
  while ((await service.app.handle(new Request('http://localhost/readyz'))).status !== 200)
    await Bun.sleep(5);
  const call = (method: string, path: string, body?: object) =>
    service.app.handle(
      new Request(`http://localhost${path}`, {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }),
    );
  const post = (path: string, body: object) => call('POST', path, body);
  return { log, call, post, [Symbol.asyncDispose]: () => service.stop() };
}

describe('the store’s pod in k8s-scaled/', () => {
  test('writes every step to its disk, and evicts nothing', async () => {
    await using pod = await ValkeyPod.create(PASSWORD);
    await pod.start();
    await becomesReady(pod);
    for (const [setting, value] of Object.entries({
      appendonly: 'yes',
      appendfsync: 'always',
      save: '',
      'maxmemory-policy': 'noeviction',
      maxmemory: String(640 * 2 ** 20),
    }))
      expect(await pod.cli('CONFIG', 'GET', setting)).toBe(`${setting}\n${value}`.trim());
  });

  test('answers only with the password, which is on no command line', async () => {
    await using pod = await ValkeyPod.create(PASSWORD);
    const server = await pod.start();
    await becomesReady(pod);
    expect(await pod.as('probe', 'PING')).toBe('PONG');
    expect(await pod.stranger('PING')).toStartWith('NOAUTH');
    expect(await pod.as('default', 'PING')).toStartWith('NOAUTH');
    const commandLine = await Bun.file(`/proc/${server.pid}/cmdline`).text();
    expect(commandLine).toContain('valkey-server');
    expect(commandLine).not.toContain(PASSWORD);
  });

  test('accepts the previous password from the service too, while it changes', async () => {
    const previous = 'p'.repeat(48);
    await using pod = await ValkeyPod.create(PASSWORD, previous);
    await pod.start();
    await becomesReady(pod);
    for (const password of [PASSWORD, previous])
      expect(await pod.with(password, 'otp', 'GET', 'otp:x')).toBe('');
    expect(await pod.with('another', 'otp', 'GET', 'otp:x')).toContain('NOAUTH');
    expect(await pod.with(previous, 'probe', 'PING')).toContain('NOAUTH');
  });

  test('lets the service run every step and lever, with a user who may do nothing else', async () => {
    await using pod = await ValkeyPod.create(PASSWORD);
    await pod.start();
    await becomesReady(pod);
    // As many users as are counted, so that the next one makes a script drop one of them.
    const fill = `for i = 1, ${COUNTS_KEPT} do redis.call('HSET', KEYS[1], i, 1) end`;
    await pod.cli('EVAL', fill, '1', KEYS.issued);
    using provider = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
    const levers = {
      OTP_SEED: 'seed',
      OTP_SEND_LIMIT: '5',
      OTP_WEBHOOK_URL: `${provider.url}`,
      OTP_WEBHOOK_SECRETS: `whsec_${'s'.repeat(32)}`,
    };
    await using service = await serviceWith(pod, levers);
    const call = async (method: string, path: string, body?: object) => {
      const response = await service.call(method, path, body);
      return `${method} ${path} ${response.status}`;
    };
    const user = 'alice';
    const steps: [string, string, object?][] = [
      ['GET', '/livez'],
      ['GET', '/readyz'],
      ['POST', '/otp/request', { user, code: '123456' }],
      ['POST', '/otp/verify', { user, code: '123456' }],
      ['POST', '/otp/request', { user }],
      ['GET', `/mock/inbox?user=${user}`],
      ['POST', '/otp/cancel', { user }],
      ['POST', '/otp/request', { user: 'bob' }],
      ['POST', '/mock/expire', { user: 'bob' }],
      ['POST', '/otp/request', { user: 'carol' }],
      ['POST', '/mock/clock', { advance: 400 }],
      ['POST', '/mock/clock', { freeze: true }],
      ['GET', '/mock/clock'],
      ['PUT', '/mock/codes', [{ user: 'dave', code: '424242' }]],
      ['POST', '/mock/reset', { user }],
      ['PUT', '/mock/faults', [{ on: 'request', times: 1, delayMs: 1 }]],
      ['POST', '/otp/request', { user: 'dave' }],
      ['DELETE', '/mock/inbox'],
      ['GET', '/metrics'],
      ['POST', '/mock/reset'],
    ];
    const seen: string[] = [];
    for (const [method, path, body] of steps) seen.push(await call(method, path, body));
    expect(seen.filter((line) => !line.endsWith(' 200'))).toEqual([]);
    // The sixth takes a send to its address, and gives it back.
    const toOne = (i: number) =>
      call('POST', '/otp/request', { user: 'erin', channel: 'webhook', to: `${i}` });
    const answers = await Array.fromAsync({ length: 6 }, (_, i) => toOne(i));
    expect(answers.filter((line) => line.endsWith(' 429'))).toHaveLength(1);
    expect(service.log).toEqual([]);
    expect(await pod.cli('ACL', 'LOG')).toBe('');
    const stats = await pod.cli('INFO', 'commandstats');
    const used = new Set([...stats.matchAll(/cmdstat_(\w+):/g)].map(([, name]) => name));
    const granted = [...(await pod.cli('ACL', 'GETUSER', 'otp')).matchAll(/\+(\w+)/g)].map(
      ([, name]) => name,
    );
    expect(granted.length).toBeGreaterThan(20);
    expect(granted.filter((name) => !used.has(name))).toEqual([]);
    for (const refused of ['FLUSHALL', 'KEYS *', 'CONFIG GET dir', 'ACL LIST', 'SCRIPT FLUSH', 'GET other']) {
      expect(await pod.as('otp', ...refused.split(' '))).toStartWith('NOPERM');
      expect(await pod.as('probe', ...refused.split(' '))).toStartWith('NOPERM');
    }
    expect(await pod.as('otp', 'EVAL', "return redis.call('GET', 'other')", '0')).toContain('access');
    expect(await pod.as('probe', 'GET', 'otp:any')).toStartWith('NOPERM');
    expect(await pod.as('probe', 'PING')).toBe('PONG');
  }, 30_000);

  test('gives the service no reason for a warning', async () => {
    await using pod = await ValkeyPod.create(PASSWORD);
    await pod.start();
    await becomesReady(pod);
    await using service = await serviceWith(pod);
    expect((await service.post('/otp/request', { user: 'alice' })).status).toBe(200);
    expect(service.log).toEqual([]);
  });

  test('has room for OTP_MAX_LIVE records of the longest names, and leaves a quarter of its memory free', async () => {
    await using pod = await ValkeyPod.create(PASSWORD);
    await pod.start('appendfsync no');
    await becomesReady(pod);
    await using service = await serviceWith(pod);
    const memory = async (name: string) =>
      Number(new RegExp(`${name}:(\\d+)`).exec(await pod.cli('INFO', 'memory'))?.[1]);
    // What announces codes is bounded, and so does not grow with their number.
    const events = async () => Number(await pod.cli('MEMORY', 'USAGE', KEYS.stream, 'SAMPLES', '0'));
    const used = async () => (await memory('used_memory')) - (await events());
    const before = await used();
    const users = Array.from({ length: 10_000 }, (_, user) => `${user}`.padStart(256, 'u'));
    const purpose = 'p'.repeat(64);
    // Few at once, so that no call waits long for others.
    for (let from = 0; from < users.length; from += 20) {
      const some = users.slice(from, from + 20);
      const made = await Promise.all(some.map((user) => service.post('/otp/request', { user, purpose })));
      expect(made.filter(({ status }) => status !== 200)).toEqual([]);
    }
    const bytes = ((await used()) - before) / users.length;
    console.log(`${Math.round(bytes)} bytes a record, ${await events()} bytes of events`);
    const [records, room] = [Number(settings['OTP_MAX_LIVE']), await memory('maxmemory')];
    expect(bytes * records).toBeWithin(room / 2, 0.75 * room);
  }, 60_000);

  test('has its data again after a restart, and is alive but not ready while it loads', async () => {
    await using pod = await ValkeyPod.create(PASSWORD);
    const first = await pod.start();
    await becomesReady(pod);
    await pod.cli('EVAL', "for i = 1, 200000 do redis.call('SET', i, i) end", '0');
    expect(await pod.cli('DBSIZE')).toBe('200000');
    first.kill('SIGKILL');
    await first.exited;

    // With this delay loading takes twenty seconds; setting it to 0 ends that.
    await pod.start('key-load-delay 100');
    while (!(await pod.passes('livenessProbe'))) await Bun.sleep(20);
    expect(await pod.passes('readinessProbe')).toBe(false);
    await pod.cli('CONFIG', 'SET', 'key-load-delay', '0');
    await becomesReady(pod);
    expect(await pod.cli('GET', '200000')).toBe('200000');
  }, 60_000);

  test('is not alive while it is frozen, and exits with status 0 on SIGTERM', async () => {
    await using pod = await ValkeyPod.create(PASSWORD);
    const server = await pod.start();
    await becomesReady(pod);
    server.kill('SIGSTOP');
    expect(await pod.passes('livenessProbe')).toBe(false);
    server.kill('SIGCONT');
    while (!(await pod.passes('livenessProbe'))) await Bun.sleep(20);
    server.kill('SIGTERM');
    expect(await server.exited).toBe(0);
  }, 60_000);
});
