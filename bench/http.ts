import { median, ratio, table } from './figures.ts';
import { DUTIES } from './http/duties.ts';
import { contenders, floor } from './http/servers.ts';
import { hasWrk, type Load, load, type Traffic } from './http/wrk.ts';
import { cpuMs, type ServerProcess } from './service-process.ts';

/**
 * The service with its defaults and its log read, beside servers with the same two routes: a bare Elysia, `Bun.serve`,
 * Go, and the floor, which has the service's duties and nothing else. A second table adds the floor's duties one by one.
 *
 * The server runs on one core, the load on another. At these rates the load generator is near its limit, and other work
 * on the machine disturbs both. The steady figure is the server's own processor time per request.
 *
 * All servers run at once and get the same calls in turns, in rounds of a second or less: so whatever else the machine
 * does meets all of them. After some rounds all are started anew.
 *
 * Usage: bun bench/http.ts [--quick]
 */
const SERVER_CORE = 0;
const LOAD_CORE = 1;

/** Calls of a round. Verifying needs codes that were issued just before. */
const TRAFFIC: readonly { readonly traffic: Traffic; readonly calls: number }[] = [
  { traffic: 'request', calls: 10_000 },
  { traffic: 'verify', calls: 8_000 },
  { traffic: 'pair', calls: 10_000 },
];

/** Calls before the first round. Bun compiles for that long: up to 20 µs a call, on threads that count as well. */
const WARM_UP = 100_000;

interface Figures extends Load {
  readonly cpuUs: number;
}

/** The rounds of a server, by traffic. */
type Rounds = Record<Traffic, Figures[]>;

/** @returns both tables, or why they could not be measured */
export async function benchHttp(quick: boolean): Promise<string> {
  if (!hasWrk()) return 'wrk is missing: `apt-get install wrk`';
  const [lives, rounds] = quick ? [1, 5] : [3, 5];
  // This process reads the log. Keep it off the server's core.
  Bun.spawnSync(['taskset', '-cp', String(LOAD_CORE), String(process.pid)]);
  const compared = contenders();
  // The floor with no duty is the bare Elysia, and with all of them it is a contender.
  const steps = DUTIES.slice(1).map((_, i) => [`${i + 1} duties`, floor(i + 1)] as const);
  const measured: Record<string, Rounds> = {};
  for (let life = 0; life < lives; life++) {
    const servers: [string, ServerProcess][] = [];
    for (const [name, start] of [...Object.entries(compared), ...steps]) {
      const server = await start(SERVER_CORE);
      await load(server.url, 'pair', { calls: quick ? WARM_UP / 5 : WARM_UP }, LOAD_CORE);
      servers.push([name, server]);
    }
    for (let round = 0; round < rounds; round++)
      for (const [name, server] of servers) {
        measured[name] ??= { request: [], verify: [], pair: [] };
        for (const { traffic, calls } of TRAFFIC)
          if (traffic !== 'pair' || name in compared)
            measured[name][traffic].push(await measure(server, traffic, quick ? calls / 5 : calls));
      }
    for (const [, server] of servers) server.kill();
  }
  const all = (traffic: Traffic) => comparison(traffic, Object.keys(compared), measured);
  const shares = dutyTable(['bare Elysia', ...steps.map(([name]) => name), 'floor'], measured);
  return `${table(
    HEAD,
    TRAFFIC.flatMap(({ traffic }) => all(traffic)),
  )}\n\n${shares}`;
}

async function measure(server: ServerProcess, traffic: Traffic, calls: number): Promise<Figures> {
  const before = await cpuMs(server.pid);
  const counted = await load(server.url, traffic, { calls }, LOAD_CORE);
  const spent = (await cpuMs(server.pid)) - before;
  return { ...counted, cpuUs: (spent * 1_000) / counted.requests };
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

/** A row per server. In brackets: the service's figure divided by that server's, median of the rounds' ratios. */
function comparison(
  traffic: Traffic,
  names: readonly string[],
  measured: Record<string, Rounds>,
): string[][] {
  const roundsOf = (name: string) => measured[name]?.[traffic] ?? [];
  const ours = roundsOf('service');
  return names.map((name) => {
    const rounds = roundsOf(name);
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

/** A row per duty: what it adds, and all so far divided by a bare Elysia. Medians of the rounds' differences and ratios. */
function dutyTable(names: readonly string[], measured: Record<string, Rounds>): string {
  const kinds = ['request', 'verify'] as const;
  const cells = (step: number, traffic: Traffic) => {
    const [bare, before, after] = [0, step, step + 1].map((i) => measured[names[i] ?? '']?.[traffic] ?? []);
    const of = (combine: (after: number, before: number, bare: number) => number) =>
      median(
        (after ?? []).map((one, i) => combine(one.cpuUs, before?.[i]?.cpuUs ?? 0, bare?.[i]?.cpuUs ?? 0)),
      ).toFixed(2);
    return [of((after, before) => after - before), of((after, _, bare) => after / bare)];
  };
  return table(
    ['duty', '', ...kinds.flatMap((kind) => [`${kind}: adds, µs`, 'all so far, times bare Elysia'])],
    DUTIES.map(({ name, does }, step) => [name, does, ...kinds.flatMap((kind) => cells(step, kind))]),
  );
}

if (import.meta.main) console.log(await benchHttp(process.argv.includes('--quick')));
