import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { freePort } from '../support/free-port.ts';
import { RedisServer } from '../support/redis-server.ts';
import { CodeTraffic, type Failure } from './rolling-restart/code-traffic.ts';
import { HaProxy } from './rolling-restart/haproxy.ts';
import { RollingReplicas } from './rolling-restart/replicas.ts';
import { settings } from './scaled-settings.ts';

/**
 * Three replicas that share a Redis, behind a proxy that hears late who is ready; 300 requests a second, each on a
 * connection of its own, while the replicas are replaced one after another. There is no cluster here: the proxy's
 * health checks stand for its endpoints. Redis keeps nothing on disk, so that a slow disk is not taken for a restart.
 */
const KEY = 'c'.repeat(48);
/** Where replicas may listen: so many end at once, on a machine on which they start quickly. */
const PORTS = 24;

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis[Symbol.asyncDispose]());

/** Three replicas under traffic, while something happens to them. */
async function underTraffic(
  { redispatch, drain }: { redispatch: boolean; drain: string },
  happens: (replicas: RollingReplicas) => Promise<void>,
) {
  const ports = await Promise.all(Array.from({ length: PORTS }, freePort));
  await using proxy = await HaProxy.start({ ports, redispatch });
  const secrets = { OTP_STORE: redis.url, OTP_PEPPER: 'a'.repeat(48), OTP_API_KEYS: KEY };
  // A busy machine is no store that is away.
  const env = { ...settings, ...secrets, OTP_STORE_TIMEOUT: '900', SHUTDOWN_DRAIN: drain };
  await using replicas = new RollingReplicas(proxy, ports, env);
  for (let started = 0; started < 3; started++) await replicas.add();
  const traffic = new CodeTraffic(proxy.url, KEY);
  const startedMs = performance.now();
  await happens(replicas);
  const statuses = await replicas.ended();
  const seconds = (performance.now() - startedMs) / 1_000;
  const tally = await traffic.stop();
  expect(tally.codes / seconds).toBeGreaterThan(95);
  expect(tally.twice).toBe(0);
  expect(tally.lost).toBe(0);
  return { ...tally, statuses };
}

async function roll(replicas: RollingReplicas, times: number): Promise<void> {
  for (let replaced = 0; replaced < 3 * times; replaced++) await replicas.replaceOldest();
}

describe('under 300 requests a second, with three replicas', () => {
  test('ten rolling restarts lose no request, with the drain that k8s-scaled/ sets', async () => {
    const drain = settings['SHUTDOWN_DRAIN'] ?? '';
    const { requests, codes, failures, statuses } = await underTraffic(
      { redispatch: false, drain },
      (replicas) => roll(replicas, 10),
    );
    console.log(`drain ${drain} s: ${failures.length} of ${requests} requests failed, ${codes} codes`);
    expect(failures).toEqual([]);
    expect(statuses).toEqual(Array(30).fill(0));
  }, 300_000);

  test('without a drain, those fail that come before the proxy knows', async () => {
    const { requests, codes, failures, statuses } = await underTraffic(
      { redispatch: false, drain: '0' },
      (replicas) => roll(replicas, 2),
    );
    console.log(`drain 0 s: ${failures.length} of ${requests} requests failed, ${codes} codes`);
    expect(failures.length).toBeGreaterThan(0);
    expect(statuses).toEqual(Array(6).fill(0));
  }, 120_000);

  test('kill -9 fails requests in flight on the killed replica with a 5xx, and no others', async () => {
    const deaths: { port: number; fromMs: number; untilMs: number }[] = [];
    const { requests, codes, failures } = await underTraffic(
      { redispatch: true, drain: '0' },
      async (replicas) => {
        for (let killed = 0; killed < 10; killed++) {
          deaths.push(await replicas.killOldest());
          await replicas.add();
        }
      },
    );
    console.log(`kill -9, ten times: ${failures.length} of ${requests} requests failed, ${codes} codes`);
    const excused = ({ what, sentMs, endedMs, replica }: Failure) =>
      / 5\d\d /.test(what) &&
      deaths.some(
        ({ port, fromMs, untilMs }) => replica === `at${port}` && sentMs <= untilMs && endedMs >= fromMs,
      );
    expect(failures.filter((failure) => !excused(failure))).toEqual([]);
  }, 120_000);
});
