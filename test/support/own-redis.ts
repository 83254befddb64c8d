import { afterAll, beforeAll } from 'bun:test';
import type { Redis } from '../../src/redis/redis.ts';
import { RedisServer } from './redis-server.ts';
import { connections } from './redis-stores.ts';

/** A Redis of the test file's own with that many connections, from the file's first test to its last. */
export function ownRedis(count: number) {
  const parts = new AsyncDisposableStack();
  let started: { readonly server: RedisServer; readonly all: readonly Redis[] } | undefined;
  beforeAll(async () => {
    const server = parts.use(await RedisServer.start());
    const { all } = parts.use(await connections(server.url, count));
    started = { server, all };
  });
  afterAll(() => parts.disposeAsync());

  /** What a test uses. @throws before the first test */
  return () => {
    if (started === undefined) throw new Error('Redis has not started');
    return started;
  };
}
