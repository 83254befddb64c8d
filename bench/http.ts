import { median, ratio, table } from './figures.ts';
import { hasWrk, type Load, load, type Traffic } from './http/wrk.ts';
import { cpuMs, type ServerProcess, startServer, startService } from './service-process.ts';

/**
 * The service with its defaults and its log read, beside the same two routes on a bare Elysia and on `Bun.serve`. The
 * server runs on one core, the load on another. At these rates the load generator is near its limit, and other work on
 * the machine disturbs both. The steady figure is the server's own processor time per request.
 *
 * Usage: bun bench/http.ts [--quick]
 */
const SERVER_CORE = 0;
const LOAD_CORE = 1;

const SERVERS: Readonly<Record<string, () => Promise<ServerProcess>>> = {
  service: () => startService({}, SERVER_CORE),
  'bare Elysia': () => startServer('bench/http/bare-elysia.ts', {}, SERVER_CORE),
  'Bun.serve': () => startServer('bench/http/bare-bun.ts', {}, SERVER_CORE),
};

/** Verifying takes less time than issuing, so that the codes last. */
const TRAFFIC: readonly { readonly traffic: Traffic; readonly share: number }[] = [
  { traffic: 'request', share: 1 },
  { traffic: 'verify', share: 0.5 },
  { traffic: 'pair', share: 1 },
];

interface Figures extends Load {
  readonly cpuUs: number;
}

/** @returns a table, or why it could not be measured */
export async function benchHttp(quick: boolean): Promise<string> {
  if (!hasWrk()) return 'wrk is missing: `apt-get install wrk`';
  const [rounds, seconds] = quick ? [1, 1] : [5, 4];
  // This process reads the log. Keep it off the server's core.
  Bun.spawnSync(['taskset', '-cp', String(LOAD_CORE), String(process.pid)]);
  const measured: Record<Traffic, Record<string, Figures[]>> = { request: {}, verify: {}, pair: {} };
  for (let round = 0; round < rounds; round++) {
    for (const [name, start] of Object.entries(SERVERS)) {
      const server = await start();
      await load(server.url, 'pair', quick ? 1 : 2, LOAD_CORE);
      for (const { traffic, share } of TRAFFIC) {
        const figures = measured[traffic];
        const more = await measure(server, traffic, Math.max(1, Math.floor(seconds * share)));
        figures[name] = [...(figures[name] ?? []), more];
      }
      server.kill();
    }
  }
  return table(HEAD, Object.entries(measured).flatMap(rows));
}

const HEAD = [
  '',
  '',
  'processor time per request, µs',
  'requests a second',
  'p50, ms',
  'p99, ms',
  'answers other than 200',
];

async function measure(server: ServerProcess, traffic: Traffic, seconds: number): Promise<Figures> {
  const before = await cpuMs(server.pid);
  const counted = await load(server.url, traffic, seconds, LOAD_CORE);
  const spent = (await cpuMs(server.pid)) - before;
  return { ...counted, cpuUs: (spent * 1_000) / counted.requests };
}

/** A row per server. In brackets: the service's figure divided by that server's, median of the rounds' ratios. */
function rows([traffic, byName]: readonly [
  string,
  Readonly<Record<string, readonly Figures[]>>,
]): string[][] {
  const ours = byName['service'] ?? [];
  return Object.entries(byName).map(([name, rounds]) => {
    const cell = (of: (figures: Figures) => number, digits: number) => {
      const value = median(rounds.map(of)).toFixed(digits);
      if (rounds === ours) return value;
      return `${value} (${ratio(median(ours.map((one, i) => of(one) / of(rounds[i] ?? one))), 1)})`;
    };
    return [
      traffic,
      name,
      cell((it) => it.cpuUs, 1),
      cell((it) => it.perSecond, 0),
      cell((it) => it.p50, 2),
      cell((it) => it.p99, 2),
      String(Math.max(...rounds.map(({ failed }) => failed))),
    ];
  });
}

if (import.meta.main) console.log(await benchHttp(process.argv.includes('--quick')));
