import { afterAll, beforeAll } from 'bun:test';
import type { Policy } from '../../src/core/store.ts';
import type { RedisConnection } from '../../src/redis/connection.ts';
import { storeContract } from '../core/store-contract.ts';
import { RedisServer } from '../support/redis-server.ts';
import { connections, inTurn, sharedStores } from '../support/redis-stores.ts';

const START = Date.UTC(2026, 0, 1);

let server: RedisServer;
let replicas: Awaited<ReturnType<typeof connections>>;

beforeAll(async () => {
  server = await RedisServer.start();
  replicas = await connections(server.url, 3);
});

afterAll(async () => {
  await replicas?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** Replicas with one shard: capacity and the order of expiry are promised within a shard. */
async function storeOf(over: readonly RedisConnection[], policy: Policy) {
  const { keys, stores } = sharedStores(over, policy, 1);
  const [one] = over;
  let now = START;
  const setClock = async () => {
    for (const { clock } of keys.shards) await one?.send('SET', [clock, `=${now}`]);
  };
  await setClock();
  const pass = async (ms: number) => {
    now += ms;
    await setClock();
  };
  return { store: inTurn(stores), pass };
}

storeContract('the Redis store', (policy) => storeOf(replicas.all.slice(0, 1), policy), 1_000);
storeContract('a Redis store of three replicas', (policy) => storeOf(replicas.all, policy));
