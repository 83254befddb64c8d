import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { YAML } from 'bun';
import { Manifests, serviceIn } from '../repo/manifests.ts';
import { freePort } from '../support/free-port.ts';
import { DURABLE, RedisServer } from '../support/redis-server.ts';
import { CodeTraffic } from './rolling-restart/code-traffic.ts';
import { HaProxy } from './rolling-restart/haproxy.ts';
import { RollingReplicas } from './rolling-restart/replicas.ts';
import { settings } from './scaled-settings.ts';

/**
 * Replicas behind a proxy that takes them out as Kubernetes does: by the manifest's readiness probe. `AWAY` sets the
 * seconds that the store is away.
 */
const AWAY_MS = Number(process.env['AWAY'] ?? 8) * 1_000;
const KEY = 'c'.repeat(48);

const read = async (file: string): Promise<unknown> =>
  YAML.parse(await Bun.file(join(import.meta.dir, `../../k8s/${file}.yaml`)).text());
const plain = new Manifests([await read('deployment'), await read('configmap')]);
const { container } = serviceIn(plain);
const { startupProbe, readinessProbe } = container;
const { httpGet, periodSeconds = 10, timeoutSeconds = 1, failureThreshold: fall = 3 } = readinessProbe ?? {};
const probe = {
  path: httpGet?.path ?? '',
  everyMs: periodSeconds * 1_000,
  timeoutMs: timeoutSeconds * 1_000,
  fall,
};

test('a single replica that stalls for 2.5 s stays in the Service, and answers then', async () => {
  const ports = [await freePort()];
  await using proxy = await HaProxy.start({ ports, redispatch: false, probe });
  const { PORT: _port, ...settings } = plain.environment(container);
  await using replicas = new RollingReplicas(proxy, ports, settings);
  await replicas.add();
  const traffic = new CodeTraffic(proxy.url, KEY);
  await Bun.sleep(500);
  await replicas.stallOldest(2_500);
  await Bun.sleep(2_500);
  const { failures, requests, lost } = await traffic.stop();
  console.log(`a stall of 2.5 s: ${failures.length} of ${requests} requests failed`);
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(500);
  expect(lost).toBe(0);
}, 60_000);

test('while the store is away, every replica stays in the Service and answers 503 within a second', async () => {
  await using redis = await RedisServer.start(DURABLE);
  const ports = await Promise.all(Array.from({ length: 3 }, freePort));
  await using proxy = await HaProxy.start({ ports, redispatch: false, probe });
  const secrets = { OTP_STORE: redis.url, OTP_PEPPER: 'a'.repeat(48), OTP_API_KEYS: KEY };
  // A busy machine must not look like an unavailable store.
  const env = { ...settings, ...secrets, OTP_STORE_TIMEOUT: '900' };
  await using replicas = new RollingReplicas(proxy, ports, env);
  const started = async () => {
    for (const port of ports)
      while (!(await fetch(`http://127.0.0.1:${port}${startupProbe?.httpGet?.path}`)).ok) await Bun.sleep(10);
  };
  for (const _ of ports) await replicas.add();
  await started();
  const traffic = new CodeTraffic(proxy.url, KEY);
  await Bun.sleep(1_000);

  await redis.kill();
  await Bun.sleep(AWAY_MS);
  // By this the alert OtpStoreErrors fires, in mock mode too.
  const metrics = await (await fetch(`http://127.0.0.1:${ports[0]}/metrics`)).text();
  expect(metrics).toMatch(/^otp_store_errors_total\{operation="expire"\} [1-9]/m);
  await redis.start();
  await started();
  const backMs = performance.now();
  await Bun.sleep(1_000);
  const { failures, codes, lost, twice } = await traffic.stop();

  const slowest = Math.max(...failures.map(({ tookMs }) => tookMs));
  console.log(
    `store away for ${AWAY_MS} ms: ${failures.length} failures, the slowest after ${Math.round(slowest)} ms`,
  );
  expect(
    failures.filter(({ what, retryAfter }) => !(/ 503 .*"store_unavailable"/.test(what) && retryAfter)),
  ).toEqual([]);
  expect(slowest).toBeLessThan(1_000);
  expect(new Set(failures.map(({ replica }) => replica)).size).toBe(3);
  expect(failures.length).toBeGreaterThan((AWAY_MS / 1_000) * 90);
  expect(failures.filter(({ sentMs }) => sentMs > backMs)).toEqual([]);
  expect(codes).toBeGreaterThan(500);
  expect({ lost, twice }).toEqual({ lost: 0, twice: 0 });
}, 120_000);
