import { quantile, table } from './figures.ts';
import { Pipeline } from './pipeline.ts';
import { startService } from './service-process.ts';

/**
 * All codes expire at the same moment: how long until all are gone, and what other calls notice. The same after a stall
 * of the whole process across that moment, and after the clock was moved an hour ahead.
 *
 * Service time is frozen while the codes are issued, so they share one deadline. Meanwhile one client verifies without a
 * pause. Its slowest answer is the longest that the event loop was blocked, by the service or by the garbage collector.
 * The collector's longest pause in that time stands beside it.
 *
 * Usage: bun bench/expiry.ts [--quick]
 */
export async function benchExpiry(quick: boolean): Promise<string> {
  const codes = quick ? 100_000 : 1_000_000;
  const rows: string[][] = [];
  for (const [name, trigger] of Object.entries(TRIGGERS))
    rows.push([name, ...(await measure(codes, trigger))]);
  const head = [
    `${codes.toLocaleString('en')} codes`,
    'all gone after, ms',
    'p99 idle, ms',
    'p99 meanwhile, ms',
    'slowest answer, ms',
    'longest pause of the collector, ms',
  ];
  return table(head, rows);
}

const TTL_S = 3_590;
const HOUR_S = 3_600;
const STALL_MS = 3_000;

type Service = Awaited<ReturnType<typeof startService>>;

/** Each makes the common deadline pass. @returns when it passed */
const TRIGGERS: Readonly<Record<string, (service: Service) => Promise<number>>> = {
  'by the clock': async (service) => {
    await lever(service, '/mock/clock', { advance: TTL_S - 2 });
    await lever(service, '/mock/clock', { freeze: false });
    await Bun.sleep(2_000);
    return performance.now();
  },
  'after a stall of 3 s': async (service) => {
    await lever(service, '/mock/clock', { advance: TTL_S - 2 });
    await lever(service, '/mock/clock', { freeze: false });
    process.kill(service.pid, 'SIGSTOP');
    await Bun.sleep(STALL_MS);
    process.kill(service.pid, 'SIGCONT');
    return performance.now();
  },
  'the clock moved an hour ahead': async (service) => {
    const moved = performance.now();
    // No await: it answers when all are gone.
    lever(service, '/mock/clock', { advance: HOUR_S });
    return moved;
  },
};

async function measure(codes: number, trigger: (service: Service) => Promise<number>): Promise<string[]> {
  let expired = 0;
  let gone = 0;
  const pauses: { at: number; ms: number }[] = [];
  const service = await startService({ BUN_JSC_logGC: '1' }, undefined, {
    output: (text) => {
      for (const [, count] of text.matchAll(/"message":"otp\.expired","count":(\d+)/g)) {
        expired += Number(count);
        gone = performance.now();
      }
    },
    errors: (text) => {
      for (const [, ms] of text.matchAll(/\bp=([\d.]+)ms/g))
        pauses.push({ at: performance.now(), ms: Number(ms) });
    },
  });
  await lever(service, '/mock/clock', { freeze: true });
  await fill(service.url, codes);
  await Bun.sleep(1_000);
  const idle = await answers(service.url, () => false, 2_000);
  const began = performance.now();
  const meanwhile = answers(service.url, () => expired >= codes, 20_000);
  const due = await trigger(service);
  const slow = (await meanwhile).filter(({ at, ms }) => at + ms > due);
  service.kill();
  if (expired !== codes) throw new Error(`${expired} codes of ${codes} have expired`);
  const collected = pauses.filter(({ at }) => at > Math.min(began, due));
  // Calls that the stall itself delayed don't count.
  const felt = slow.filter(({ at }) => at >= due).map(({ ms }) => ms);
  return [
    (gone - due).toFixed(0),
    quantile(
      idle.map(({ ms }) => ms),
      0.99,
    ).toFixed(2),
    quantile(felt, 0.99).toFixed(2),
    Math.max(...felt).toFixed(1),
    Math.max(0, ...collected.map(({ ms }) => ms)).toFixed(1),
  ];
}

async function lever({ url }: Service, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
}

async function fill(url: string, codes: number): Promise<void> {
  const pipeline = new Pipeline(url);
  for (let made = 0; made < codes; made += 1_000) {
    pipeline.send(
      Array.from({ length: 1_000 }, (_, i) => ({
        path: '/otp/request',
        body: { user: `user-${String(made + i).padStart(19, '0')}`, ttl: TTL_S },
      })),
    );
    await pipeline.drained();
  }
  if (pipeline.failed > 0) throw new Error(`${pipeline.failed} codes were refused`);
  pipeline.close();
}

/** One call after another until `done`, for `atMostMs` at most. @returns when each began and how long it took, in ms */
async function answers(url: string, done: () => boolean, atMostMs: number) {
  const taken: { at: number; ms: number }[] = [];
  const end = performance.now() + atMostMs;
  while (!done() && performance.now() < end) {
    const at = performance.now();
    const answer = await fetch(`${url}/otp/verify`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"user":"nobody","code":"123456"}',
    });
    await answer.arrayBuffer();
    taken.push({ at, ms: performance.now() - at });
  }
  return taken;
}

if (import.meta.main) console.log(await benchExpiry(process.argv.includes('--quick')));
