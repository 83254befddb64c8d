import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { Keys } from '../../src/redis/keys.ts';
import { ConfigError, createService } from '../../src/service.ts';
import { ownTime } from '../support/own-time.ts';
import { FORGETFUL, RedisServer } from '../support/redis-server.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';

// Long, since the machine may be busy. What must be quick is measured.
setDefaultTimeout(60_000);

const ask = { user: 'alice', code: '111111' };
/** Most milliseconds until a replica is ready again, once Redis takes steps. */
const BACK_MS = 2_000;

/** The commands that keep a running Redis from taking steps, and those that end this. */
const TROUBLES: [name: string, begin: string[], end: string[]][] = [
  ['out of memory', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']],
  ['read-only', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']],
  [
    'without the replicas that it must write to',
    ['CONFIG', 'SET', 'min-replicas-to-write', '1'],
    ['CONFIG', 'SET', 'min-replicas-to-write', '0'],
  ],
  [
    'protected by a password that the service does not have',
    ['CONFIG', 'SET', 'requirepass', 'secret'],
    ['CONFIG', 'SET', 'requirepass', ''],
  ],
];

async function oneReplica() {
  const server = await RedisServer.start();
  const service = await startReplicas(1, server.url);
  return {
    server,
    service,
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Makes every kind of call. Each must fail with 503 within a second. */
async function expectUnavailable({ send, post }: Replicas): Promise<void> {
  const calls = [
    post('/otp/verify', ask),
    post('/otp/request', ask),
    post('/otp/verify', { ...ask, code: '999999' }),
    send('/readyz'),
  ];
  for (const { status, ms } of await Promise.all(calls)) {
    expect(status).toBe(503);
    expect(ms).toBeLessThan(1_000);
  }
  expect(await send('/livez')).toMatchObject({ status: 200 });
}

describe('every call is answered 503 within a second and has no effect while Redis is', () => {
  test.each(TROUBLES)('%s', async (_, [begin = '', ...how], [end = '', ...ended]) => {
    await using it = await oneReplica();
    const { server, service } = it;
    expect(await service.post('/otp/request', ask)).toMatchObject({ status: 200 });
    const admin = await server.connect();
    await admin.send(begin, how);
    if (begin === 'CONFIG' && how[1] === 'requirepass') await admin.send('CLIENT', ['KILL', 'SKIPME', 'yes']);
    for (let i = 0; i < 5; i++) await expectUnavailable(service);
    await admin.send(end, ended);
    admin.close();
    expect(await service.untilReady()).toBeLessThan(BACK_MS);
    expect(await service.post('/otp/verify', ask)).toMatchObject({ status: 200 });
  });

  test('slow: three seconds a step', async () => {
    await using it = await oneReplica();
    const { server, service } = it;
    expect(await service.post('/otp/request', ask)).toMatchObject({ status: 200 });
    const before = ownTime();
    await server.send('CLIENT', 'PAUSE', '3000', 'ALL');
    for (let i = 0; i < 5; i++) await expectUnavailable(service);
    await service.untilReady();
    expect(ownTime() - before).toBeLessThan(3_000 + BACK_MS);
    expect(await service.post('/otp/verify', ask)).toMatchObject({ status: 200 });
  });
});

test('a call that was answered 503 has no effect when a frozen Redis goes on, 10 times over', async () => {
  await using it = await oneReplica();
  const { server, service } = it;
  // So that Redis knows the script: otherwise it would do nothing for that reason.
  expect(await service.post('/otp/request', ask)).toMatchObject({ status: 200 });
  for (let i = 0; i < 10; i++) {
    const user = `user-${i}`;
    server.freeze();
    expect(await service.post('/otp/request', { ...ask, user })).toMatchObject({ status: 503 });
    server.thaw();
    await service.untilReady();
    expect(await service.post('/otp/verify', { ...ask, user })).toMatchObject({ status: 404 });
  }
});

test.each([
  ['mock', {}],
  [
    'strict',
    {
      OTP_API_KEYS: 'k'.repeat(32),
      OTP_METRICS_KEYS: 'm'.repeat(32),
      OTP_SMTP_URL: 'smtp://127.0.0.1:9',
      OTP_MAIL_FROM: 'otp@example.com',
    },
  ],
])(
  'codes still expire in a full Redis after the connection to it was lost, in %s mode',
  async (mode, env) => {
    await using server = await RedisServer.start();
    await using service = await startReplicas(1, server.url, { ...env, OTP_MODE: mode });
    const authorization = `Bearer ${'k'.repeat(32)}`;
    const asked = await service.send('/otp/request', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ user: 'alice@example.com', ttl: 3 }),
    });
    expect(asked.status).toBe(200);
    const admin = await server.connect();
    const live = async () => {
      const { shards } = new Keys(`otp:${mode}:`, '', 16);
      const counts = await Promise.all(shards.map(({ live }) => admin.send('ZCARD', [live])));
      return counts.reduce((sum, count) => sum + Number(count), 0);
    };
    await admin.send('CONFIG', ['SET', 'maxmemory', '1']);
    await admin.send('CLIENT', ['KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    expect(await live()).toBe(1);
    while ((await live()) > 0) await Bun.sleep(50);
    expect(await service.send('/readyz')).toMatchObject({ status: 503 });
    await admin.send('CONFIG', ['SET', 'maxmemory', '0']);
    expect(await service.untilReady()).toBeLessThan(BACK_MS);
    admin.close();
  },
);

const single = { HOST: '127.0.0.1', PORT: '0', OTP_PEPPER: 'pepper-for-tests' };

/** What a service says that refuses to start; undefined for one that starts. */
async function refusalOf(env: Record<string, string>): Promise<string | undefined> {
  const service = createService(env);
  try {
    await service.listen();
    return undefined;
  } catch (error) {
    return error instanceof ConfigError ? error.message.split('\n').slice(1).join('\n') : String(error);
  } finally {
    await service.stop();
  }
}

test('a service does not start on a Redis Cluster that OTP_STORE does not name as one, and says what to write', async () => {
  await using server = await RedisServer.start([...FORGETFUL, '--cluster-enabled', 'yes']);
  expect(await refusalOf({ ...single, OTP_STORE: server.url })).toBe(
    '  - OTP_STORE is a Redis Cluster: write its scheme as redis+cluster:// or rediss+cluster://, or name a Redis without cluster mode',
  );
});

test('a service does not start on a store that was begun with another number of shards or another pepper', async () => {
  await using server = await RedisServer.start();
  const env = { ...single, OTP_STORE: server.url };
  expect(await refusalOf(env)).toBeUndefined();
  expect(await refusalOf(env)).toBeUndefined();
  expect(await refusalOf({ ...env, OTP_STORE_SHARDS: '32' })).toStartWith(
    '  - OTP_STORE_SHARDS is 32, and the store was begun with 16: use that one, or',
  );
  expect(await refusalOf({ ...env, OTP_PEPPER: 'another-pepper-for-tests' })).toStartWith(
    '  - OTP_PEPPER is not the one that the store was begun with: use that one, or',
  );
  expect(await server.send('DEL', 'otp:mock:begun')).toBe(1);
  expect(await refusalOf({ ...env, OTP_STORE_SHARDS: '32' })).toBeUndefined();
});
