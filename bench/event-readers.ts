import { connect, type Socket } from 'node:net';
import { median } from './figures.ts';
import { residentMiB, startService } from './service-process.ts';

/**
 * What stalled readers of the event stream cost other clients: requests a second and memory while 100 readers follow
 * `GET /mock/events`. All of them read, or half do, in turns, against one service in its own process.
 *
 * Usage: bun bench/event-readers.ts [ROUNDS]
 */
const ROUNDS = Number(process.argv[2] ?? 7);
const READERS = 100;
const REQUESTS = 6_000;
const AT_ONCE = 16;

const service = await startService();
const { hostname, port } = new URL(service.url);

/** Opens `count` readers, of which the first `reading` read. Resolves once all receive events. */
async function openReaders(count: number, reading: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, (_, i) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    if (i < reading) socket.resume();
    socket.write('GET /mock/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return socket;
  });
  await Bun.sleep(300);
  return sockets;
}

/** Requests REQUESTS codes, AT_ONCE at a time. @returns requests a second */
async function load(): Promise<number> {
  let left = REQUESTS;
  const client = async () => {
    while (left-- > 0) {
      const response = await fetch(`${service.url}/otp/request`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ user: `user-${left % 1_000}` }),
      });
      await response.arrayBuffer();
    }
  };
  const before = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return (REQUESTS * 1_000) / (performance.now() - before);
}

const settings = [
  { name: 'no readers', readers: 0, reading: 0 },
  { name: '100 readers, all read', readers: READERS, reading: READERS },
  { name: '100 readers, 50 never read', readers: READERS, reading: READERS / 2 },
];
const rates = settings.map((): number[] => []);
const sizes = settings.map((): number[] => []);
await load();
for (let round = 0; round < ROUNDS; round++) {
  for (const [i, { readers, reading }] of settings.entries()) {
    const sockets = await openReaders(readers, reading);
    rates[i]?.push(await load());
    sizes[i]?.push(Math.round(await residentMiB(service.pid)));
    for (const socket of sockets) socket.destroy();
    await Bun.sleep(200);
  }
}
service.kill();

const base = median(rates[1] ?? []);
console.log(
  `| event stream | requests a second | ratio to all reading | highest resident memory |\n|---|---|---|---|`,
);
for (const [i, { name }] of settings.entries()) {
  const rate = median(rates[i] ?? []);
  const most = Math.max(...(sizes[i] ?? []));
  console.log(`| ${name} | ${Math.round(rate)} | ${(rate / base).toFixed(2)} | ${most} MiB |`);
}
