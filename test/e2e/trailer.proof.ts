import { expect, test } from 'bun:test';
import { testService } from '../support/api.ts';
import { exchange } from '../support/raw.ts';
import { HaProxy } from './rolling-restart/haproxy.ts';

/**
 * Behind a proxy that shares its connections among clients, a body with a trailer does no harm to another client. Bun
 * answers a trailer with a 400 of its own; a server that keeps the connection open hands it to whoever comes next.
 */
const TRAFFIC_MS = 4_000;

/** A legal request in chunks, with a trailer. */
const TRAILER = [
  'POST /otp/request HTTP/1.1',
  'Host: localhost',
  'Content-Type: application/json',
  'Transfer-Encoding: chunked',
  'Connection: close',
  '',
  '10',
  '{"user":"alice"}',
  '0',
  'X-Checksum: 1',
  '',
  '',
].join('\r\n');

/** Sends bodies with trailers and, as other clients, plain requests. @returns how many of the latter got no 200 */
async function trafficThrough(port: number) {
  await using proxy = await HaProxy.start({ ports: [port], redispatch: false });
  await proxy.sees(port, true);
  const endsAt = performance.now() + TRAFFIC_MS;
  let requests = 0;
  let strays = 0;
  let trailers = 0;
  const until = async (step: () => Promise<void>) => {
    while (performance.now() < endsAt) await step();
  };
  const sendsTrailers = async () => {
    expect(await exchange(proxy.url, TRAILER)).toStartWith('HTTP/1.1 200 ');
    trailers++;
  };
  const reads = async () => {
    const { status } = await fetch(`${proxy.url}/livez`);
    requests++;
    if (status !== 200) strays++;
  };
  await Promise.all([...Array(4).fill(sendsTrailers), ...Array(8).fill(reads)].map(until));
  console.log(`${trailers} trailers: ${strays} of ${requests} requests of other clients got a stray answer`);
  expect(trailers).toBeGreaterThan(100);
  expect(requests).toBeGreaterThan(100);
  return strays;
}

test('a trailer does not disturb other clients of the proxy', async () => {
  const { service } = testService({ PORT: '0', HOST: '127.0.0.1' });
  await service.listen();
  expect(await trafficThrough(Number(new URL(service.url).port))).toBe(0);
  await service.stop();
}, 15_000);

test('a server that keeps the connection open lets a trailer disturb other clients', async () => {
  const fetch = async (request: Request) => new Response(await request.text());
  await using server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch });
  expect(await trafficThrough(server.port ?? 0)).toBeGreaterThan(0);
}, 15_000);
