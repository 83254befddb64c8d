import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What the metrics cost: the service beside a copy of itself without metrics, each in its own process, under the same
 * load in turns. Each round gives the throughput and the service's processor time per request, from Linux's /proc,
 * which excludes other work on the machine. The table shows medians of all rounds.
 *
 * Usage: bun bench/metrics-cost.ts [ROUNDS]
 */
const ROUNDS = Number(process.argv[2] ?? 15);
const REQUESTS = 30_000;
const CONNECTIONS = 32;
/** Length of a tick in /proc/PID/stat. It is the same on every Linux that Bun supports. */
const TICK_MS = 10;

const root = join(import.meta.dir, '..');

/** The lines that connect the metrics to the rest. Without them nothing is measured. */
const CUTS: readonly (readonly [file: string, from: string, to: string])[] = [
  ['app.ts', '      context.startedAt = clock.monotonic();\n', ''],
  ['app.ts', '      measure(request, set, startedAt, route, responseValue);\n', ''],
  ['service.ts', '  bus.subscribe(otpMetrics(registry));\n', ''],
  ['service.ts', 'measuredStore(opened.store, clock, registry)', 'opened.store'],
];

const copy = await mkdtemp(join(tmpdir(), 'metrics-cost-'));
await cp(join(root, 'src'), join(copy, 'src'), { recursive: true });
await cp(join(root, 'package.json'), join(copy, 'package.json'));
await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
for (const [file, from, to] of CUTS) {
  const path = join(copy, 'src', file);
  const source = await Bun.file(path).text();
  if (source.split(from).length !== 2) throw new Error(`src/${file} must contain this exactly once: ${from}`);
  await Bun.write(path, source.replace(from, to));
}

async function start(cwd: string) {
  const child = Bun.spawn([process.execPath, 'src/main.ts'], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', PORT: '0', OTP_MAX_ATTEMPTS: '0' },
    stdout: 'pipe',
  });
  const reader = child.stdout.getReader();
  const first = new TextDecoder().decode((await reader.read()).value);
  (async () => {
    while (!(await reader.read()).done);
  })();
  return { child, url: String(JSON.parse(first.split('\n')[0] ?? '').url) };
}

/** Processor time that a process has used so far, in milliseconds. */
async function processorMs(pid: number): Promise<number> {
  const stat = await Bun.file(`/proc/${pid}/stat`).text();
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Sends requests and wrong guesses in turn, for 100 users, over one kept-alive connection. */
function exchange(url: string, connection: number, requests: number): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let sent = 0;
    const send = () => {
      if (sent === requests) {
        socket.end(resolve);
        return;
      }
      const user = `user-${connection}-${(sent >> 1) % 100}`;
      const [path, body] =
        sent++ % 2 === 0
          ? ['request', JSON.stringify({ user })]
          : ['verify', JSON.stringify({ user, code: '12345' })];
      socket.write(
        `POST /otp/${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    };
    // The answers are small: each arrives in one piece.
    socket.on('data', send);
    socket.on('connect', send);
    socket.on('error', reject);
  });
}

interface Round {
  readonly perSecond: number;
  readonly microseconds: number;
}

async function round({ child, url }: Awaited<ReturnType<typeof start>>): Promise<Round> {
  const before = { real: performance.now(), processor: await processorMs(child.pid) };
  const each = REQUESTS / CONNECTIONS;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, index) => exchange(url, index, Math.floor(each))),
  );
  const done = Math.floor(each) * CONNECTIONS;
  return {
    perSecond: (done / (performance.now() - before.real)) * 1_000,
    microseconds: (((await processorMs(child.pid)) - before.processor) * 1_000) / done,
  };
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const services = { off: await start(copy), on: await start(root) };
const rounds = { off: [] as Round[], on: [] as Round[] };
for (const service of [services.off, services.on]) for (let i = 0; i < 3; i++) await round(service);
for (let i = 0; i < ROUNDS; i++) {
  // Alternate the order, so that neither always runs after a pause.
  const order = i % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const);
  for (const name of order) rounds[name].push(await round(services[name]));
}
for (const { child } of Object.values(services)) {
  child.kill('SIGTERM');
  await child.exited;
}
await rm(copy, { recursive: true, force: true });

console.log(
  `Bun ${Bun.version}, ${ROUNDS} rounds of ${REQUESTS} requests over ${CONNECTIONS} connections; medians\n`,
);
console.log('| | without metrics | with metrics | median of the ratios |\n|---|---|---|---|');
const row = (name: string, of: (round: Round) => number, digits: number) => {
  const ratios = rounds.on.map((on, i) => of(on) / of(rounds.off[i] ?? on));
  const [off, on] = [rounds.off, rounds.on].map((all) => median(all.map(of)).toFixed(digits));
  console.log(`| ${name} | ${off} | ${on} | ${median(ratios).toFixed(3)} |`);
};
row('requests a second', ({ perSecond }) => perSecond, 0);
row('processor time per request, µs', ({ microseconds }) => microseconds, 1);
