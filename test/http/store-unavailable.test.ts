import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { TICK_MS } from '../../src/core/wheel.ts';
import { Keys } from '../../src/redis/keys.ts';
import { SCRIPTS } from '../../src/redis/scripts.ts';
import { createService, type Service } from '../../src/service.ts';
import { channelOf } from '../support/channel.ts';
import { FakeRedis, resp } from '../support/fake-redis.ts';
import { hastyClock } from '../support/hasty-clock.ts';

const WORRYING = 'maxmemory_policy:allkeys-lru\r\naof_enabled:0\r\n';
const SOUND = 'maxmemory_policy:noeviction\r\naof_enabled:1\r\n';

const KEY = 'a-key-of-the-tests-with-32-letters';

const TIMEOUT_MS = 900;
const clock = hastyClock();

/** The answer to a step of expiry. */
const NOTHING_DUE = resp.list(resp.number(0), resp.list());

const NIL = '$-1\r\n';

let redis: FakeRedis;
let service: Service;
let lines: Record<string, unknown>[];

/**
 * Starts a service with a fake Redis.
 *
 * @param info Redis's answer to INFO
 * @param aheadMs how far Redis's clock is ahead of the service's
 */
async function start(info: string, aheadMs = 0, mode = 'strict'): Promise<void> {
  redis.now = clock.now() + aheadMs;
  redis.answer = (command) => {
    if (command === 'INFO') return resp.text(info);
    if (command === 'ZCARD') return resp.number(0);
    // No event in the stream, and nothing that a test has set.
    if (command === 'XRANGE') return resp.list();
    if (command === 'HMGET') return resp.list(NIL, NIL);
    return command.startsWith('EVAL') ? resp.list(resp.number(redis.now), NOTHING_DUE) : NIL;
  };
  const store = { OTP_STORE: redis.url.replace('//', '//:hunter22@'), OTP_PEPPER: 'pepper-for-tests' };
  const env = {
    HOST: '127.0.0.1',
    PORT: '0',
    OTP_MODE: mode,
    OTP_API_KEYS: KEY,
    OTP_METRICS_KEYS: 'm'.repeat(32),
    OTP_STORE_TIMEOUT: String(TIMEOUT_MS),
  };
  service = createService(
    { ...env, ...store },
    {
      clock,
      channels: [channelOf(async () => {})],
      write: (text) =>
        lines.push(
          ...text
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line)),
        ),
    },
  );
  await service.listen();
}

const post = (path: string, body: unknown) =>
  fetch(`${service.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify(body),
  });
const status = async (path: string) => (await fetch(`${service.url}${path}`)).status;
const logged = async (message: string) => {
  while (!lines.some((line) => line['message'] === message)) await Bun.sleep(5);
  return lines.filter((line) => line['message'] === message);
};
const ready = async () => {
  while ((await status('/readyz')) !== 200) await Bun.sleep(5);
};

beforeEach(() => {
  redis = new FakeRedis();
  lines = [];
});
afterEach(async () => {
  await service.stop();
  redis[Symbol.dispose]();
});

describe('while the store does not answer', () => {
  const asked = [
    ['/otp/request', { user: 'alice' }],
    ['/otp/verify', { user: 'alice', code: '123456' }],
    ['/otp/cancel', { user: 'alice' }],
  ] as const;

  test.each(asked)(
    '%s is 503 store_unavailable with Retry-After while the store does not answer',
    async (path, body) => {
      await start(SOUND);
      await ready();
      redis.answer = () => undefined;
      redis.commands.length = 0;
      const asking = post(path, body);
      while (redis.commands.length === 0) await Bun.sleep(5);
      clock.pass(TIMEOUT_MS);
      const answer = await asking;
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(await answer.json()).toMatchObject({ code: 'store_unavailable', retryAfter: 1 });
    },
  );

  test('a service without its store is alive and not ready, and becomes ready by itself', async () => {
    await start(SOUND);
    await ready();
    const { answer } = redis;
    redis.answer = () => resp.error('LOADING Redis is loading the dataset in memory');
    const notReady = await fetch(`${service.url}/readyz`);
    expect(notReady.status).toBe(503);
    expect(await notReady.json()).toMatchObject({ detail: expect.stringContaining('The store (OTP_STORE)') });
    expect(await status('/livez')).toBe(200);
    redis.answer = answer;
    await ready();
  });

  test('any number of calls that ask whether it is ready share a look at the shards', async () => {
    await start(SOUND);
    await ready();
    redis.commands.length = 0;
    const answers = await Promise.all(Array.from({ length: 50 }, () => status('/readyz')));
    expect(new Set(answers)).toEqual(new Set([200]));
    const looks = redis.commands.filter((command) => command.includes(SCRIPTS.probe.sha)).length / 16;
    // Those that come during a look share the next one. On a busy machine some come later still.
    expect(looks).toBeWithin(1, 10);
  });

  test('probes, metrics and pages answer while events of mock mode wait for the store', async () => {
    await start(SOUND, 0, 'mock');
    await ready();
    const { answer } = redis;
    redis.answer = (command, args) => {
      if (args[0] !== SCRIPTS.request.sha) return answer(command, args);
      // Redis goes away once it has issued the code, so the event of it has to wait.
      redis.answer = () => resp.error('LOADING Redis is loading the dataset in memory');
      const issued = [resp.text('issued'), resp.number(1), resp.number(redis.now + 60_000)];
      return resp.list(resp.number(redis.now), resp.list(...issued));
    };
    expect((await post('/otp/request', { user: 'alice' })).status).toBe(503);
    for (const path of ['/livez', '/', '/swagger', '/swagger/json'])
      expect(await status(path), path).toBe(200);
    expect(await (await fetch(`${service.url}/readyz`)).json()).toMatchObject({ code: 'not_ready' });
    const authorization = `Bearer ${'m'.repeat(32)}`;
    expect((await fetch(`${service.url}/metrics`, { headers: { authorization } })).status).toBe(200);
  });

  test('a service without some shards of its store is ready, names them, and answers their users alone with 503', async () => {
    await start(SOUND);
    await ready();
    const { answer } = redis;
    const keys = new Keys('otp:strict:', '', 16);
    const lost = keys.ofUser('alice').shard;
    redis.answer = (command, args) =>
      args[2]?.startsWith(lost.base) ? resp.error('CLUSTERDOWN Hash slot not served') : answer(command, args);
    const readyz = await fetch(`${service.url}/readyz`);
    expect([readyz.status, await readyz.json()]).toEqual([
      200,
      { status: 'ready', shardsUnavailable: [lost.number] },
    ]);
    const metrics = { headers: { authorization: `Bearer ${'m'.repeat(32)}` } };
    const text = await (await fetch(`${service.url}/metrics`, metrics)).text();
    expect(text).toContain('otp_store_shards_unavailable 1\n');
    expect(text).toContain('otp_ready 1\n');
    const guess = { user: 'alice', code: '123456' };
    expect((await post('/otp/verify', guess)).status).toBe(503);
    const none = resp.list(resp.text('none'), resp.number(-1));
    redis.answer = (_, args) =>
      args[2]?.startsWith(lost.base) ? resp.error('CLUSTERDOWN') : resp.list(resp.number(redis.now), none);
    const served = ['bob', 'carol'].find((user) => keys.ofUser(user).shard !== lost) ?? '';
    expect((await post('/otp/verify', { ...guess, user: served })).status).toBe(401);
    redis.answer = answer;
  });

  test('the log reports a lost store once and its return once, and never the password', async () => {
    await start(SOUND);
    await ready();
    const { answer } = redis;
    redis.answer = () => resp.error('MASTERDOWN Link with MASTER is down');
    for (let i = 0; i < 20; i++) await post('/otp/verify', { user: 'alice', code: '123456' });
    // Meanwhile ticks fail, too.
    await clock.sleep(3 * TICK_MS);
    redis.answer = answer;
    await ready();
    expect(await logged('the store is available again')).toHaveLength(1);
    expect(await logged('the store is unavailable')).toMatchObject([
      { level: 'warn', address: new URL(redis.url).host, reason: 'Redis refuses: MASTERDOWN' },
    ]);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(JSON.stringify(lines)).not.toContain('hunter22');
  });
});

describe('on connecting to the store', () => {
  test('the service warns once for each reason why the store may lose codes', async () => {
    await start(WORRYING);
    expect(
      await logged(
        'the store evicts codes and locks when its memory is full: set maxmemory-policy noeviction',
      ),
    ).toMatchObject([{ level: 'warn', policy: 'allkeys-lru' }]);
    expect(
      await logged(
        'a restart of the store loses codes and locks, and may revive spent codes: set appendonly yes',
      ),
    ).toHaveLength(1);
  });

  test('the service warns once of a store whose clock differs by more than a second, and measures by how much', async () => {
    await start(SOUND, 3_600_000);
    const differs = "this machine's clock differs from the store's, which decides: synchronize both";
    expect(await logged(differs)).toMatchObject([{ level: 'warn' }]);
    const metrics = await (
      await fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${'m'.repeat(32)}` } })
    ).text();
    const skew = Number(/^otp_store_clock_skew_seconds (.*)$/m.exec(metrics)?.[1]);
    // The machine's clock goes on, that of this Redis stands still.
    expect(skew).toBeWithin(-3_601, -3_500);
  });

  test('the service does not warn of a store that keeps codes and shares its time', async () => {
    await start(SOUND);
    await ready();
    while (!redis.commands.some(([command]) => command === 'INFO')) await Bun.sleep(5);
    // Redis answers in order, so the answer to INFO has been read before this one.
    await ready();
    expect(lines.map(({ message }) => message)).toEqual(['listening']);
  });
});
