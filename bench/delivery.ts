import { median } from './figures.ts';
import { startService } from './service-process.ts';

/**
 * What delivery costs the clients that request codes: the latency of `POST /otp/request` with a webhook that accepts 50
 * messages a second, and without delivery. The two take turns, each against a service in its own process.
 *
 * Usage: bun bench/delivery.ts [ROUNDS]
 */
const ROUNDS = Number(process.argv[2] ?? 5);
/** With five rounds, 10,000 codes in total: the capacity of the queue. */
const REQUESTS = 2_000;
const AT_ONCE = 8;
const PER_SECOND = 50;

let turn = 0;
let taken = 0;
const provider = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  idleTimeout: 0,
  async fetch(request) {
    await request.text();
    const now = performance.now();
    turn = Math.max(turn, now) + 1_000 / PER_SECOND;
    await Bun.sleep(turn - now);
    taken++;
    return new Response(null, { status: 204 });
  },
});

let users = 0;

/** Sends `count` requests, AT_ONCE at a time. @returns their latencies in milliseconds, sorted */
async function latencies(url: string, count: number, delivery: 'queued' | 'none'): Promise<number[]> {
  const measured: number[] = [];
  let asked = 0;
  const client = async () => {
    while (asked < count) {
      asked++;
      users++;
      const body = JSON.stringify({ user: `user-${users}` });
      const before = performance.now();
      const answer = await fetch(`${url}/otp/request`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const text = await answer.text();
      measured.push(performance.now() - before);
      if (!text.includes(`"delivery":"${delivery}"`)) throw new Error(`${answer.status}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return measured.sort((a, b) => a - b);
}

const at = (sorted: number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;

const without = await startService();
const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const webhook = { OTP_WEBHOOK_URL: String(provider.url), OTP_WEBHOOK_SECRETS: secret };
const withDelivery = await startService({ ...webhook, OTP_CHANNEL: 'webhook' });
// Warm up both. The queue is empty again before the rounds, which fill it.
await latencies(without.url, REQUESTS, 'none');
await latencies(withDelivery.url, 500, 'queued');
while (taken < 500) await Bun.sleep(100);

const rounds = { without: [] as number[][], with: [] as number[][] };
for (let round = 0; round < ROUNDS; round++) {
  rounds.without.push(await latencies(without.url, REQUESTS, 'none'));
  rounds.with.push(await latencies(withDelivery.url, REQUESTS, 'queued'));
}
for (const service of [without, withDelivery]) service.kill();
await provider.stop(true);

console.log(
  `Bun ${Bun.version}, ${ROUNDS} rounds of ${REQUESTS} requests, ${AT_ONCE} at once; medians over the rounds, ms\n`,
);
console.log('| | without delivery | with | difference | ratio |\n|---|---|---|---|---|');
for (const share of [0.5, 0.99]) {
  const [alone, beside] = [rounds.without, rounds.with].map((runs) =>
    median(runs.map((run) => at(run, share))),
  );
  if (alone === undefined || beside === undefined) throw new Error('no rounds');
  const figures = [alone, beside, beside - alone, beside / alone].map((it) => it.toFixed(2));
  console.log(`| p${share * 100} | ${figures.join(' | ')} |`);
}
