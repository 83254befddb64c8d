import { describe, expect, test } from 'bun:test';
import { DURABLE, RedisServer } from '../support/redis-server.ts';
import { startReplicas } from '../support/replicas.ts';
import { StoreUsers } from './store-users.ts';

const CYCLES = 20;
const USERS = 20;
/** Most milliseconds until all replicas are ready again, once Redis is. */
const BACK_MS = 2_000;

/** Failures of Redis. Each ends when Redis answers again. */
const FAILURES: [name: string, fail: (server: RedisServer) => Promise<void>][] = [
  [
    'killed',
    async (server) => {
      await server.kill();
      await Bun.sleep(200);
      await server.start();
    },
  ],
  [
    'frozen for 1.5 s',
    async (server) => {
      server.freeze();
      await Bun.sleep(1_500);
      server.thaw();
    },
  ],
  [
    'restarted',
    async (server) => {
      await server.stop();
      await server.start();
    },
  ],
];

describe(`three replicas under load lose and revive no code while a durable Redis is, ${CYCLES} times over,`, () => {
  test.concurrent.each(FAILURES)(
    '%s; every answer comes within a second, and is right or 503',
    async (name, fail) => {
      await using server = await RedisServer.start(DURABLE);
      await using service = await startReplicas(3, server.url);
      const users = new StoreUsers(service, USERS);
      const backMs: number[] = [];
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        await Bun.sleep(300);
        while (users.seen.verified < (cycle + 1) * USERS) await Bun.sleep(10);
        await fail(server);
        backMs.push(await service.untilReady());
      }
      await Bun.sleep(300);
      await users.stop();
      const { wrongs, ...seen } = users.seen;
      console.log(name, { ...seen, backMs: Math.max(...backMs) });
      expect(wrongs).toEqual([]);
      expect(Math.max(...backMs)).toBeLessThan(BACK_MS);
      expect(seen.unavailable).toBeGreaterThan(CYCLES);
    },
    300_000,
  );
});
