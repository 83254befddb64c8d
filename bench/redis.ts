import { join } from 'node:path';
import { PRIMARIES, RedisCluster } from '../test/support/redis-cluster.ts';
import { RedisServer } from '../test/support/redis-server.ts';
import { median, table } from './figures.ts';
import { hasWrk, load } from './http/wrk.ts';
import { machine } from './machine.ts';
import { cpuMs, startService } from './service-process.ts';

/**
 * What a shared store costs: steps of the store, and requests to the service, with codes in memory, in Redis with one
 * replica, and in Redis with two. Everything runs on one machine, load included. So processor times, not rates, show
 * how far more machines would carry it.
 *
 * Usage: bun bench/redis.ts [--quick]
 */
const QUICK = process.argv.includes('--quick');
const ROUNDS = QUICK ? 1 : 3;
const CODES = QUICK ? 10_000 : 60_000;
const SECONDS = QUICK ? 1 : 4;

type Server = RedisServer | RedisCluster;

interface Setup {
  readonly name: string;
  readonly replicas: number;
  readonly start?: () => Promise<Server>;
}

const SETUPS: readonly Setup[] = [
  { name: 'memory', replicas: 1 },
  { name: 'Redis, one replica', replicas: 1, start: () => RedisServer.start() },
  { name: 'Redis, two replicas', replicas: 2, start: () => RedisServer.start() },
  { name: 'cluster of three, one replica', replicas: 1, start: () => RedisCluster.start() },
  { name: 'cluster of three, two replicas', replicas: 2, start: () => RedisCluster.start() },
];

type Figures = Readonly<Record<string, number>>;

/** Runs `run`, with a Redis of its own if the setup needs one. */
async function withRedis<T>({ start }: Setup, run: (redis?: Server) => Promise<T>): Promise<T> {
  if (start === undefined) return run();
  await using redis = await start();
  return await run(redis);
}

/** The processes that have the codes. The replicas of a cluster are not counted. */
function pidsOf(redis?: Server): number[] {
  if (redis instanceof RedisCluster) return redis.nodes.slice(0, PRIMARIES).map(({ pid }) => pid);
  return redis === undefined ? [] : [redis.pid];
}

/** Calls `act` for all replicas at once. */
const onEach = <T>({ replicas }: Setup, act: (replica: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: replicas }, (_, replica) => act(replica)));

/** Figures for each kind of step, over all replicas. */
async function steps(setup: Setup): Promise<Readonly<Record<string, Figures>>> {
  const outputs: Record<string, Figures>[] = await withRedis(setup, (redis) =>
    onEach(setup, async (replica) => {
      const args = [join(import.meta.dir, 'redis/replica-process.ts'), `replica-${replica}`, String(CODES)];
      const child = Bun.spawn([process.execPath, ...args, ...(redis ? [redis.url] : [])], { stdout: 'pipe' });
      return JSON.parse(await new Response(child.stdout).text());
    }),
  );
  const kinds = Object.keys(outputs[0] ?? {});
  return Object.fromEntries(
    kinds.map((kind) => [kind, together(outputs.map((output) => output[kind] ?? {}))]),
  );
}

/** The same figures for calls to the service: pairs of a request and its verification. */
function requests(setup: Setup): Promise<Figures> {
  return withRedis(setup, async (redis) => {
    const env = redis ? { OTP_STORE: redis.url, OTP_PEPPER: 'pepper-for-the-benchmark' } : {};
    const services = await onEach(setup, () => startService(env));
    const run = (seconds: number, names: string) =>
      Promise.all(
        services.map(({ url }, replica) => load(url, 'pair', { seconds }, 1, `${names}-${replica}`)),
      );
    await run(1, 'warm');
    const spentMs = () => Promise.all([...services.map(({ pid }) => pid), ...pidsOf(redis)].map(cpuMs));
    const before = await spentMs();
    const loads = await run(SECONDS, 'pairs');
    const usedMs = (await spentMs()).map((ms, i) => ms - (before[i] ?? 0));
    for (const service of services) service.kill();
    const sum = (figures: readonly number[]) => figures.reduce((sum, figure) => sum + figure, 0);
    const usFor = (ms: number) => (ms * 1_000) / sum(loads.map(({ requests }) => requests));
    return {
      perSecond: sum(loads.map(({ perSecond }) => perSecond)),
      p50: Math.max(...loads.map(({ p50 }) => p50)),
      p99: Math.max(...loads.map(({ p99 }) => p99)),
      failed: sum(loads.map(({ failed }) => failed)),
      ownUs: usFor(sum(usedMs.slice(0, setup.replicas))),
      redisUs: usFor(sum(usedMs.slice(setup.replicas))),
    };
  });
}

/** Sums rates and takes the mean of the rest. Divides what Redis took, because each replica counted all of it. */
function together(replicas: readonly Figures[]): Figures {
  const share: Figures = { perSecond: 1, redisUs: replicas.length ** 2, bytes: replicas.length ** 2 };
  const sum = (name: string) => replicas.reduce((sum, figures) => sum + (figures[name] ?? 0), 0);
  const names = Object.keys(replicas[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, sum(name) / (share[name] ?? replicas.length)]));
}

type Column = readonly [head: string, name: string, digits: number];

const COLUMNS: readonly Column[] = [
  ['a second', 'perSecond', 0],
  ['p50, ms', 'p50', 2],
  ['p99, ms', 'p99', 2],
  ['processor time of a replica, µs', 'ownUs', 1],
  ['of Redis, µs', 'redisUs', 1],
];
const STEP_COLUMNS: readonly Column[] = [...COLUMNS, ['bytes in Redis', 'bytes', 0]];
const HTTP_COLUMNS: readonly Column[] = [...COLUMNS, ['answers other than 200', 'failed', 0]];

/** Medians over the rounds. */
function cells(columns: readonly Column[], rounds: readonly Figures[]): string[] {
  return columns.map(([, name, digits]) => median(rounds.map((round) => round[name] ?? 0)).toFixed(digits));
}

const heads = (columns: readonly Column[]) => columns.map(([head]) => head);

/** Measures each setup in turn, for each round. */
async function rounds<T>(measure: (setup: Setup) => Promise<T>): Promise<Map<string, T[]>> {
  const measured = new Map<string, T[]>();
  for (let round = 0; round < ROUNDS; round++)
    for (const setup of SETUPS)
      measured.set(setup.name, [...(measured.get(setup.name) ?? []), await measure(setup)]);
  return measured;
}

console.log(`${machine()}\n\n## Steps of the store, 32 at once from each replica\n`);
const stepRows = [...(await rounds(steps))].flatMap(([setup, rounds]) =>
  Object.keys(rounds[0] ?? {}).map((kind) => [
    kind,
    setup,
    ...cells(
      STEP_COLUMNS,
      rounds.map((round) => round[kind] ?? {}),
    ),
  ]),
);
console.log(
  table(
    ['', '', ...heads(STEP_COLUMNS)],
    stepRows.toSorted(([a = ''], [b = '']) => a.localeCompare(b)),
  ),
);
if (hasWrk()) {
  console.log('\n## Over HTTP, 32 connections to each replica: a request and its verification in turn\n');
  const rows = [...(await rounds(requests))].map(([setup, rounds]) => [
    setup,
    ...cells(HTTP_COLUMNS, rounds),
  ]);
  console.log(table(['', ...heads(HTTP_COLUMNS)], rows));
}
