import { table } from './figures.ts';
import { load } from './http/wrk.ts';
import { Pipeline } from './pipeline.ts';
import { cpuMs, residentMiB, startService } from './service-process.ts';

/**
 * Runs the service at half of its highest rate for as long as you like. Shows whether any call fails, whether memory
 * grows, and whether anything is left at the end.
 *
 * Of every three calls, one requests a code, one verifies it, and one requests a code that is never verified. That code
 * expires after TTL_S and is forgotten a minute later.
 *
 * Usage: bun bench/soak.ts [--minutes N]
 */
const MINUTES = Number(process.argv[process.argv.indexOf('--minutes') + 1]) || 20;
const TTL_S = 30;
const GRACE_S = 60;
/** Calls are sent in portions: PORTIONS a second, over CONNECTIONS connections. */
const PORTIONS = 100;
const CONNECTIONS = 8;
/** The share of the time in which memory is still settling. */
const WARM_UP = 0.25;

const service = await startService();
const highest = await load(service.url, 'pair', { seconds: 5 }, 1);
// Otherwise the codes left by this load would be counted at the end.
await fetch(`${service.url}/mock/reset`, { method: 'POST' });
const portion = Math.floor(highest.perSecond / 2 / PORTIONS / 3 / CONNECTIONS) * 3 * CONNECTIONS;
const pipelines = Array.from({ length: CONNECTIONS }, () => new Pipeline(service.url));

const began = performance.now();
const cpuAtStart = await cpuMs(service.pid);
const seconds = () => (performance.now() - began) / 1_000;
const samples: { hours: number; mib: number }[] = [];
let users = 0;
let mostWaiting = 0;
for (let turn = 0; seconds() < MINUTES * 60; turn++) {
  for (const pipeline of pipelines) pipeline.send(calls(portion / CONNECTIONS / 3));
  mostWaiting = Math.max(mostWaiting, ...pipelines.map((it) => it.waiting));
  if (turn % (10 * PORTIONS) === 0)
    samples.push({ hours: seconds() / 3_600, mib: await residentMiB(service.pid) });
  // Sleep until the next slot of a fixed grid, so that delays are caught up.
  await Bun.sleep(Math.max(0, ((turn + 1) * 1_000) / PORTIONS - seconds() * 1_000));
}
await Promise.all(pipelines.map((it) => it.drained()));
const ran = seconds();
const cpu = (await cpuMs(service.pid)) - cpuAtStart;
const sum = (of: (pipeline: Pipeline) => number) => pipelines.reduce((total, it) => total + of(it), 0);

await Bun.sleep((TTL_S + GRACE_S + 5) * 1_000);
const wheel = await (await fetch(`${service.url}/mock/wheel`)).json();
const exitCode = await service.stop();

const warm = samples.slice(Math.floor(samples.length * WARM_UP));
const { slope, mean } = line(warm.map(({ hours, mib }) => [hours, mib]));
const share = (100 * slope) / mean;
console.log(
  table(
    ['soak', ''],
    [
      ['length', `${(ran / 60).toFixed(1)} min`],
      [
        'calls',
        `${sum((it) => it.answered).toLocaleString('en')} (${Math.round(sum((it) => it.answered) / ran)} a second, half of ${Math.round(highest.perSecond)})`,
      ],
      ['failed', String(sum((it) => it.failed))],
      ['processor time of the service', `${((100 * cpu) / ran / 1_000).toFixed(0)} % of a core`],
      ['most calls waiting on one connection', String(mostWaiting)],
      [
        'resident memory after warm-up',
        `${Math.min(...warm.map(({ mib }) => mib)).toFixed(0)} to ${Math.max(...warm.map(({ mib }) => mib)).toFixed(0)} MiB, mean ${mean.toFixed(0)}`,
      ],
      ['its fitted slope', `${share.toFixed(1)} % an hour`],
      ['codes on the wheel after all expired', String(wheel.entries)],
      ['exit code after SIGTERM', String(exitCode)],
    ],
  ),
);

function calls(threes: number) {
  return Array.from({ length: threes }, () => {
    users++;
    const [user, code] = [`user-${String(users).padStart(19, '0')}`, '042137'];
    return [
      { path: '/otp/request', body: { user, code } },
      { path: '/otp/verify', body: { user, code } },
      { path: '/otp/request', body: { user: `${user}-late`, ttl: TTL_S } },
    ];
  }).flat();
}

/** The slope of the least-squares line through the points, and the mean of their y. */
function line(points: readonly (readonly [number, number])[]) {
  const average = (of: (point: readonly [number, number]) => number) =>
    points.reduce((total, point) => total + of(point), 0) / points.length;
  const [x, y] = [average(([x]) => x), average(([, y]) => y)];
  const slope = average((point) => (point[0] - x) * (point[1] - y)) / average((point) => (point[0] - x) ** 2);
  return { slope, mean: y };
}
