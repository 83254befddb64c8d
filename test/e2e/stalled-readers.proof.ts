import { expect, test } from 'bun:test';
import { connect, type Socket } from 'node:net';
import { listening } from '../support/process.ts';
import { frames } from '../support/sse.ts';

/** Most streams at once, and seconds after which a client that reads nothing loses its own. */
const MOST = 256;
const STALLED_S = 30;
/** How long Bun may take to notice, in seconds. */
const NOTICED_S = 10;

const memoryOf = async (pid: number) => {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
};

/** A client that asks for the events, and reads no more than the first bytes of the answer. */
async function reader(url: string): Promise<{ socket: Socket; status: string }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write('GET /mock/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const status = await new Promise<string>((resolve) =>
    socket.once('data', (data) => {
      socket.pause();
      resolve(data.toString('latin1', 9, 12));
    }),
  );
  return { socket, status };
}

test('event readers that read nothing cost little, are limited in number, and are disconnected', async () => {
  using service = await listening();
  const { url, child, line } = service;
  const logged = (async () => {
    while ((await line()) !== undefined);
  })();
  const post = (user: string) =>
    fetch(`${url}/otp/request`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user }),
    });
  // A client that reads: it keeps its stream.
  const { body } = await fetch(`${url}/mock/events`);
  let read = 0;
  const reading = (async () => {
    for await (const _ of frames(body)) read++;
  })();

  const stalled = await Promise.all(Array.from({ length: MOST + 44 }, () => reader(url)));
  const refused = stalled.filter(({ status }) => status === '503');
  expect(refused).toHaveLength(45);
  expect(stalled.filter(({ status }) => status === '200')).toHaveLength(MOST - 1);

  for (let i = 0; i < 3_000; i++) await post(`${i}-${'x'.repeat(200)}`);
  const before = await memoryOf(child.pid);
  for (let i = 0; i < 10_000; i++) await post(`${i}-${'y'.repeat(200)}`);
  const began = performance.now();
  const grown = (await memoryOf(child.pid)) - before;
  console.log(`${MOST - 1} readers that read nothing: ${grown.toFixed(0)} MiB more after 10,000 events`);
  expect(grown).toBeLessThan(100);

  while ((await fetch(`${url}/mock/events`, { headers: { 'last-event-id': '0' } })).status !== 200) {
    expect(performance.now() - began).toBeLessThan((STALLED_S + NOTICED_S) * 1_000);
    await Bun.sleep(500);
  }
  const open = await reader(url);
  expect(open.status).toBe('200');
  expect(read).toBe(13_000);
  for (const { socket } of [...stalled, open]) socket.destroy();
  child.kill('SIGTERM');
  await Promise.all([reading, logged]);
  expect(await child.exited).toBe(0);
}, 180_000);
