import { RedisClient } from 'bun';
import { systemClock } from '../../src/core/clock.ts';
import { MemoryStore } from '../../src/core/memory-store.ts';
import { Keys } from '../../src/redis/keys.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { clusterOf } from '../../src/redis/settings.ts';
import { FIVE_ATTEMPTS } from '../../test/support/policies.ts';
import { connections } from '../../test/support/redis-stores.ts';
import { quantile } from '../figures.ts';

/**
 * One replica's store in its own process. It requests codes, guesses wrong, and verifies, one kind of step after the
 * other, AT_ONCE at a time. Prints a JSON object. For each kind of step it has the rate per second, latencies in ms,
 * the processor time per step in µs here and in Redis, and the bytes added in Redis; in a cluster, in its primaries. Redis's figures include all
 * replicas.
 *
 * Usage: bun bench/redis/replica-process.ts NAME CODES [REDIS_URL]
 */
const [, , name = '', codes = '', url] = process.argv;
const COUNT = Number(codes);
const AT_ONCE = 32;
const clock = systemClock();

const [redis] = url === undefined ? [] : (await connections(url, 1)).all;
const cluster = clusterOf(url ?? '');
const nodes = (cluster?.seeds.map(cluster.urlOf) ?? (url === undefined ? [] : [url])).map(
  (node) => new RedisClient(node),
);
const store = redis
  ? new RedisStore(redis, new Keys('otp:bench:', 'a pepper for the benchmark', 16), FIVE_ATTEMPTS, true)
  : new MemoryStore(clock, FIVE_ATTEMPTS, 'run');

/** Processor time used so far, in µs, by this process and by Redis, and the bytes that Redis uses. */
async function spent(): Promise<{ own: number; redis: number; bytes: number }> {
  const { user, system } = process.cpuUsage();
  const infos = await Promise.all(nodes.map(async (node) => String(await node.send('INFO', []))));
  const primaries = infos.filter((info) => info.includes('role:master')).join('\n');
  const sum = (pattern: RegExp) =>
    [...primaries.matchAll(pattern)].reduce((sum, [, value]) => sum + Number(value), 0);
  return {
    own: user + system,
    redis: sum(/^used_cpu_(?:sys|user):([\d.]+)/gm) * 1e6,
    bytes: sum(/^used_memory:(\d+)/gm),
  };
}

const keyOf = (i: number) => ({
  user: `${name}-${String(i).padStart(23 - name.length, '0')}`,
  purpose: 'default',
});
const STEPS: Readonly<Record<string, (i: number) => Promise<unknown>>> = {
  request: (i) => store.request({ ...keyOf(i), code: '042137', ttlMs: 300_000 }),
  'wrong guess': (i) => store.verify(keyOf(i), '999999'),
  verify: (i) => store.verify(keyOf(i), '042137'),
};

const figures: Record<string, Readonly<Record<string, number>>> = {};
for (const [kind, step] of Object.entries(STEPS)) {
  const took: number[] = [];
  let next = 0;
  const before = await spent();
  const began = performance.now();
  const lane = async () => {
    while (next < COUNT) {
      const asked = performance.now();
      await step(next++);
      took.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const perSecond = (COUNT * 1_000) / (performance.now() - began);
  const after = await spent();
  figures[kind] = {
    perSecond,
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
    ownUs: (after.own - before.own) / COUNT,
    redisUs: (after.redis - before.redis) / COUNT,
    bytes: (after.bytes - before.bytes) / COUNT,
  };
}
console.log(JSON.stringify(figures));
process.exit(0);
