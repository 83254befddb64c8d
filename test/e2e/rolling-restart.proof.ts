import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { freePort } from '../support/free-port.ts';
import { RedisServer } from '../support/redis-server.ts';
import { CodeTraffic, type Failure } from './rolling-restart/code-traffic.ts';
import { HaProxy } from './rolling-restart/haproxy.ts';
import { RollingReplicas } from './rolling-restart/replicas.ts';
import { settings } from './scaled-settings.ts';

/**
 * Three replicas share a Redis, behind a proxy that learns late which of them are ready. They serve 300 requests a
 * second, each on a connection of its own, while they are replaced one after another. There is no cluster: the proxy's
 * health checks stand in for its endpoints. Redis keeps nothing on disk, so a slow disk does not look like a restart.
 */
const KEY = 'c'.repeat(48);
/** Ports for the replicas: on a fast machine, many replicas drain at the same time. */
const PORTS = 24;

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis[Symbol.asyncDispose]());

/** Runs `happens` on three replicas under traffic. No code is lost or accepted twice. @returns what failed */
async function underTraffic(
  { redispatch, drain }: { redispatch: boolean; drain: string },
  happens: (replicas: RollingReplicas) => Promise<void>,
) {
  const ports = await Promise.all(Array.from({ length: PORTS }, freePort));
  await using proxy = await HaProxy.start({ ports, redispatch });
  const secrets = { OTP_STORE: redis.url, OTP_PEPPER: 'a'.repeat(48), OTP_API_KEYS: KEY };
  // A busy machine must not look like an unavailable store.
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
  test('ten rolling restarts with the drain of k8s-scaled/ lose no request', async () => {
    const drain = settings['SHUTDOWN_DRAIN'] ?? '';
    const { requests, codes, failures, statuses } = await underTraffic(
      { redispatch: false, drain },
      (replicas) => roll(replicas, 10),
    );
    console.log(`drain ${drain} s: ${failures.length} of ${requests} requests failed, ${codes} codes`);
    expect(failures).toEqual([]);
    expect(statuses).toEqual(Array(30).fill(0));
  }, 300_000);

  test('rolling restarts without a drain lose the requests that arrive before the proxy learns of them', async () => {
    const { requests, codes, failures, statuses } = await underTraffic(
      { redispatch: false, drain: '0' },
      (replicas) => roll(replicas, 2),
    );
    console.log(`drain 0 s: ${failures.length} of ${requests} requests failed, ${codes} codes`);
    expect(failures.length).toBeGreaterThan(0);
    expect(statuses).toEqual(Array(6).fill(0));
  }, 120_000);

  test('kill -9 fails the requests in flight on the killed replica with a 5xx, and no others', async () => {
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
