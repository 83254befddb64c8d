import { connect, type Socket } from 'node:net';
import { median } from './figures.ts';
import { startService } from './service-process.ts';

/**
 * What 1,000 clients that send one byte a second cost the others: the latency of `POST /otp/verify` with and without
 * them, in turns, against one service in its own process.
 *
 * Usage: bun bench/slow-connections.ts [ROUNDS]
 */
const ROUNDS = Number(process.argv[2] ?? 5);
const SLOW = 1_000;
const REQUESTS = 4_000;
const AT_ONCE = 8;

const service = await startService();
const { url } = service;

/** Holds SLOW connections in the middle of a request. @returns ends them */
function slowClients(): () => void {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let ending = false;
  const open = () => {
    if (ending) return;
    const socket = connect(Number(port), hostname);
    socket.write(
      'POST /otp/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n',
    );
    // The service closes each after a while. Open another in its place.
    socket.on('close', () => {
      sockets.delete(socket);
      open();
    });
    socket.on('error', () => {});
    sockets.add(socket);
  };
  for (let i = 0; i < SLOW; i++) open();
  const trickle = setInterval(() => {
    for (const socket of sockets) socket.write(' ');
  }, 1_000);
  return () => {
    ending = true;
    clearInterval(trickle);
    for (const socket of sockets) socket.destroy();
  };
}

/** Sends REQUESTS requests, AT_ONCE at a time. @returns their latencies in milliseconds, sorted */
async function latencies(): Promise<number[]> {
  const taken: number[] = [];
  const client = async () => {
    while (taken.length < REQUESTS) {
      const before = performance.now();
      const answer = await fetch(`${url}/otp/verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"user":"nobody","code":"123456"}',
      });
      await answer.text();
      if (answer.status !== 404) throw new Error(`status ${answer.status}`);
      taken.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return taken.sort((a, b) => a - b);
}

const at = (sorted: number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;

await latencies();
const rounds = { alone: [] as number[][], slow: [] as number[][] };
for (let round = 0; round < ROUNDS; round++) {
  rounds.alone.push(await latencies());
  const end = slowClients();
  await Bun.sleep(1_500);
  rounds.slow.push(await latencies());
  end();
  await Bun.sleep(500);
}
service.kill();

console.log(
  `Bun ${Bun.version}, ${ROUNDS} rounds of ${REQUESTS} requests, ${AT_ONCE} at once; medians over the rounds\n`,
);
console.log(`| | alone, ms | with ${SLOW} slow connections, ms | ratio |\n|---|---|---|---|`);
for (const share of [0.5, 0.99]) {
  const [alone, slow] = [rounds.alone, rounds.slow].map((runs) => median(runs.map((run) => at(run, share))));
  if (alone === undefined || slow === undefined) throw new Error('no rounds');
  console.log(
    `| p${share * 100} | ${alone.toFixed(2)} | ${slow.toFixed(2)} | ${(slow / alone).toFixed(2)} |`,
  );
}
