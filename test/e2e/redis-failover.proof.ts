import { describe, expect, test } from 'bun:test';
import { FORGETFUL, RedisServer } from '../support/redis-server.ts';
import { startReplicas } from '../support/replicas.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

const ask = { user: 'alice', code: '111111' };
/** Most milliseconds until all replicas are ready again, once the address leads to a primary. */
const BACK_MS = 2_000;

/** A primary with an up-to-date replica, and an address that leads to the primary. */
async function pair() {
  // Without the delay of 0 the primary waits five seconds for more replicas.
  const primary = await RedisServer.start([...FORGETFUL, '--repl-diskless-sync-delay', '0']);
  const standby = await RedisServer.start();
  const proxy = await TcpProxy.start(primary.port);
  await standby.send('REPLICAOF', '127.0.0.1', String(primary.port));
  const linked = async () =>
    String(await standby.send('INFO', 'replication')).includes('master_link_status:up');
  while (!(await linked())) await Bun.sleep(20);
  return {
    primary,
    standby,
    proxy,
    url: `redis://127.0.0.1:${proxy.port}`,
    /** Resolves when the replica has everything that the primary has acknowledged. */
    copied: () => primary.send('WAIT', '1', '0'),
    [Symbol.asyncDispose]: async () => {
      proxy[Symbol.dispose]();
      await Promise.all([primary[Symbol.asyncDispose](), standby[Symbol.asyncDispose]()]);
    },
  };
}

type Pair = Awaited<ReturnType<typeof pair>>;

const FAILOVERS: [name: string, fail: (redis: Pair) => Promise<unknown>][] = [
  ['dies', ({ primary }) => primary.kill()],
  // Its connections stay open, and answer READONLY from then on.
  [
    'becomes a replica',
    ({ primary, standby }) => primary.send('REPLICAOF', '127.0.0.1', String(standby.port)),
  ],
];

describe('replicas behind a stable Redis address go on with the new primary when the old one', () => {
  test.each(FAILOVERS)(
    '%s',
    async (_, fail) => {
      await using redis = await pair();
      await using service = await startReplicas(2, redis.url);
      expect(await service.post('/otp/request', ask, 0)).toMatchObject({ status: 200 });
      const wrong = { ...ask, code: '999999' };
      expect(await service.post('/otp/verify', wrong, 1)).toMatchObject({ body: { attemptsLeft: 4 } });
      await redis.copied();

      await redis.standby.send('REPLICAOF', 'NO', 'ONE');
      await fail(redis);
      for (const replica of [0, 1])
        expect(await service.post('/otp/verify', ask, replica)).toMatchObject({ status: 503 });
      redis.proxy.target = redis.standby.port;
      expect(await service.untilReady()).toBeLessThan(BACK_MS);

      expect(await service.post('/otp/verify', wrong, 0)).toMatchObject({ body: { attemptsLeft: 3 } });
      expect(await service.post('/otp/verify', ask, 1)).toMatchObject({ status: 200 });
      expect(await service.post('/otp/verify', ask, 0)).toMatchObject({ status: 404 });
    },
    60_000,
  );
});
