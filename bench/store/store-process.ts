import { writeSync } from 'node:fs';
import { median } from '../figures.ts';
import { CONTENDERS, type Contender } from './contenders.ts';

/**
 * One contender at one size, in its own process, so that its memory is its own. Prints a JSON object: processor time per
 * operation in nanoseconds, resident bytes per live code before and after a collection. Writes a line per stall to
 * stderr, among the lines of the garbage collector.
 *
 * Usage: BUN_JSC_logGC=1 bun bench/store/store-process.ts CONTENDER SIZE OPERATIONS
 */
const [, , name = '', size = '', operations = ''] = process.argv;
const make = Object.entries(CONTENDERS).find(([known]) => known === name)?.[1];
if (make === undefined) throw new Error(`no contender ${name}`);
const COUNT = Number(size);
/** Least operations of each kind to time: small sizes are filled and emptied many times. */
const TIMED = Number(operations);
/** Operations in a row. A row that takes longer than STALL_MS is a stall. */
const STRETCH = 500;
const STALL_MS = 2;
/** How long freed memory may take to return to the machine, in milliseconds. */
const GIVEN_BACK_MS = 500;
/** A prime that divides no size: steps this wide visit each user once, in a scattered order. */
const STRIDE = 7_919;

const name24 = Buffer.from('user-0000000000000000000');
/** A name of 24 bytes, as one flat string like those of the JSON parser. */
function userName(i: number): string {
  name24.write(String(i).padStart(19, '0'), 5);
  return name24.toString('latin1');
}

/** Applies `step` to `count` users. @returns milliseconds of processor time that it took, the collector's included */
async function run(count: number, stride: number, step: (user: string) => Promise<unknown> | undefined) {
  let taken = 0;
  for (let done = 0; done < count; done += STRETCH) {
    const length = Math.min(STRETCH, count - done);
    const users = Array.from({ length }, (_, i) => userName(((done + i) * stride) % COUNT));
    const before = process.cpuUsage();
    const started = performance.now();
    for (const user of users) {
      const waiting = step(user);
      if (waiting !== undefined) await waiting;
    }
    stalled(performance.now() - started);
    taken += spent(before);
  }
  return taken;
}

/** Milliseconds of processor time since a reading. */
function spent(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function stalled(ms: number): number {
  if (ms > STALL_MS) writeSync(2, `STALL ${ms}\n`);
  return ms;
}

/** Fills a contender, replaces, verifies, refills, and expires all. @returns milliseconds for each */
async function cycle(contender: Contender, onFull: () => Promise<void>) {
  const issue = (user: string) => contender.issue(user, '042137');
  mark('issue');
  const issued = await run(COUNT, 1, issue);
  await onFull();
  mark('replace');
  const replaced = await run(COUNT, STRIDE, issue);
  mark('verify');
  const verified = await run(COUNT, STRIDE, (user) => contender.verify(user, '042137'));
  mark('refill');
  await run(COUNT, STRIDE, issue);
  contender.endTime();
  mark('expire');
  return { issued, replaced, verified, expired: await expire(contender) };
}

/** @returns milliseconds of processor time until every code is gone */
async function expire(contender: Contender): Promise<number> {
  const before = process.cpuUsage();
  let last = performance.now();
  const watch = setInterval(() => {
    stalled(performance.now() - last);
    last = performance.now();
  }, 1);
  await contender.expire();
  await Bun.sleep(2);
  clearInterval(watch);
  if (contender.size !== 0) throw new Error(`${contender.size} codes are left`);
  return spent(before);
}

/** Resident bytes, before and after a collection. */
async function memory() {
  mark('collect');
  const resident = process.memoryUsage.rss();
  Bun.gc(true);
  await Bun.sleep(GIVEN_BACK_MS);
  return { resident, collected: process.memoryUsage.rss() };
}

function mark(phase: string): void {
  writeSync(2, `PHASE ${phase}\n`);
}

const empty = process.memoryUsage.rss();
let full: Awaited<ReturnType<typeof memory>> | undefined;
const cycles: Awaited<ReturnType<typeof cycle>>[] = [];
for (let done = 0; done < TIMED; done += COUNT) {
  const onFull = async () => {
    // Only in the first cycle nothing is left over.
    full ??= await memory();
  };
  cycles.push(await cycle(make(COUNT), onFull));
}
const perCode = (all = Number.NaN) => (all - empty) / COUNT;
const nanoseconds = (kind: keyof (typeof cycles)[number]) =>
  (median(cycles.map((ms) => ms[kind])) * 1e6) / COUNT;
console.log(
  JSON.stringify({
    issue: nanoseconds('issued'),
    replace: nanoseconds('replaced'),
    verify: nanoseconds('verified'),
    expire: nanoseconds('expired'),
    resident: perCode(full?.resident),
    collected: perCode(full?.collected),
  }),
);
