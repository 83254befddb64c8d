import { describe, expect, test } from 'bun:test';
import { DURABLE, RedisServer } from '../support/redis-server.ts';
import { startReplicas } from '../support/replicas.ts';
import { StoreUsers } from './store-users.ts';

const CYCLES = 20;
const USERS = 20;
/** Within which all replicas are ready again once Redis is. */
const BACK_MS = 2_000;

/** What befalls Redis, from its beginning until Redis answers again. */
const FAILURES: [name: string, befall: (server: RedisServer) => Promise<void>][] = [
  [
    'killed',
    async (server) => {
      await server.kill();
      await Bun.sleep(200);
      await server.start();
    },
  ],
  [
    'frozen for 3 s',
    async (server) => {
      server.freeze();
      await Bun.sleep(3_000);
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

describe(`three replicas under load, with a Redis that writes each step to its disk and is, ${CYCLES} times over,`, () => {
  test.concurrent.each(FAILURES)(
    '%s: each answer comes within a second and is right or 503, nothing acknowledged is lost and nothing spent comes back',
    async (name, befall) => {
      await using server = await RedisServer.start(DURABLE);
      await using service = await startReplicas(3, server.url);
      const users = new StoreUsers(service, USERS);
      const backMs: number[] = [];
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        await Bun.sleep(300);
        while (users.seen.verified < (cycle + 1) * USERS) await Bun.sleep(10);
        await befall(server);
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
