import { join } from 'node:path';
import { median, ratio, table } from './figures.ts';
import { CONTENDERS } from './store/contenders.ts';

/**
 * The memory store and its wheel beside the usual alternatives, in process: processor time per operation, memory per
 * live code, and the longest stall while it grows from nothing and while all codes expire at once. Each contender runs
 * with the memory hint for the garbage collector that the service runs with (package.json, Dockerfile, k8s/).
 *
 * Usage: bun bench/store.ts [--quick]
 */
export async function benchStore(quick: boolean): Promise<string> {
  // A round of the largest size takes minutes.
  const roundsOf = (size: number) => (quick || size > 1_000_000 ? 1 : 3);
  const sizes = quick ? [1_000, 100_000] : [1_000, 100_000, 1_000_000, 4_000_000];
  const parts: string[] = [];
  const ours: Figures[] = [];
  for (const size of sizes) {
    const figures = new Map<string, Figures[]>();
    // In turns, so that other work on the machine affects all of them.
    for (let round = 0; round < roundsOf(size); round++)
      for (const name of Object.keys(CONTENDERS))
        figures.set(name, [
          ...(figures.get(name) ?? []),
          await measure(name, size, quick ? 100_000 : 300_000),
        ]);
    const [first, ...others] = [...figures.values()].map(middle);
    if (first === undefined) throw new Error('nothing was measured');
    ours.push(first);
    const rows = [first, ...others].map((it, i) => row(Object.keys(CONTENDERS)[i] ?? '', it, first));
    parts.push(`${size.toLocaleString('en')} live codes\n\n${table(HEAD, rows)}`);
  }
  const [smallest, largest] = [ours[0], ours.at(-1)];
  if (smallest === undefined || largest === undefined) throw new Error('nothing was measured');
  const flat = OPERATIONS.map((it) => `${it} ${ratio(largest[it], smallest[it])}`).join(', ');
  parts.push(`Store and wheel, the largest size beside the smallest: ${flat}.`);
  return parts.join('\n\n');
}

/** As `bun start` sets it. */
const MEMORY_HINT = String(512 * 2 ** 20);

const OPERATIONS = ['issue', 'replace', 'verify', 'expire'] as const;
const MEMORY = ['resident', 'collected'] as const;
const HEAD = [
  '',
  ...OPERATIONS.map((it) => `${it}, ns`),
  'bytes per code',
  'after a collection',
  'longest stall growing, ms (collector apart)',
  'expiring, ms (collector apart)',
];

/**
 * Processor time in ns per operation; memory in bytes per code, before and after a collection; stalls in ms, with the
 * garbage collector and without.
 */
interface Figures {
  readonly issue: number;
  readonly replace: number;
  readonly verify: number;
  readonly expire: number;
  readonly resident: number;
  readonly collected: number;
  readonly growing: Stall;
  readonly expiring: Stall;
}

interface Stall {
  readonly whole: number;
  readonly own: number;
}

async function measure(name: string, size: number, operations: number): Promise<Figures> {
  const script = join(import.meta.dir, 'store/store-process.ts');
  const child = Bun.spawn([process.execPath, script, name, String(size), String(operations)], {
    env: { PATH: process.env['PATH'] ?? '', BUN_JSC_logGC: '1', BUN_JSC_forceRAMSize: MEMORY_HINT },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [output, notes] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) !== 0) throw new Error(`${name} at ${size} failed: ${notes.slice(-2_000)}`);
  return { ...JSON.parse(output), growing: longest(notes, 'issue'), expiring: longest(notes, 'expire') };
}

/**
 * The longest stall in a phase, and the same without the garbage collector: of what the collector reports between two
 * stalls, its one longest pause is taken off the second.
 */
function longest(notes: string, phase: string): Stall {
  let now = '';
  let pause = 0;
  const stall = { whole: 0, own: 0 };
  for (const [, mark, stalled, paused] of notes.matchAll(/PHASE (\w+)|STALL ([\d.]+)|\bp=([\d.]+)ms/g)) {
    if (paused !== undefined) pause = Math.max(pause, Number(paused));
    if (mark !== undefined) now = mark;
    if (stalled !== undefined && now === phase) {
      stall.whole = Math.max(stall.whole, Number(stalled));
      stall.own = Math.max(stall.own, Number(stalled) - pause);
    }
    if (paused === undefined) pause = 0;
  }
  return stall;
}

function middle(rounds: readonly Figures[]): Figures {
  const of = (pick: (figures: Figures) => number) => median(rounds.map(pick));
  return {
    issue: of((it) => it.issue),
    replace: of((it) => it.replace),
    verify: of((it) => it.verify),
    expire: of((it) => it.expire),
    resident: of((it) => it.resident),
    collected: of((it) => it.collected),
    growing: { whole: of((it) => it.growing.whole), own: of((it) => it.growing.own) },
    expiring: { whole: of((it) => it.expiring.whole), own: of((it) => it.expiring.own) },
  };
}

function row(name: string, figures: Figures, ours: Figures): string[] {
  const beside = (it: keyof Omit<Figures, 'growing' | 'expiring'>) =>
    `${Math.round(figures[it])}${figures === ours ? '' : ` (${ratio(ours[it], figures[it])})`}`;
  const stall = ({ whole, own }: Stall) => `${whole.toFixed(1)} (${own.toFixed(1)})`;
  return [
    name,
    ...OPERATIONS.map(beside),
    ...MEMORY.map(beside),
    stall(figures.growing),
    stall(figures.expiring),
  ];
}

if (import.meta.main) console.log(await benchStore(process.argv.includes('--quick')));
