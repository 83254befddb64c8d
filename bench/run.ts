import { benchExpiry } from './expiry.ts';
import { benchHttp } from './http.ts';
import { machine } from './machine.ts';
import { benchStartStop } from './start-stop.ts';
import { benchStore } from './store.ts';

/**
 * All benchmarks, as Markdown: what is in docs/benchmarks.md. Those for which one has to wait, and those of single
 * questions, are called by themselves.
 *
 * Usage: bun bench/run.ts [--quick]
 */
const quick = process.argv.includes('--quick');

const PARTS = [
  { title: 'Over HTTP', file: 'bench/http.ts', run: benchHttp },
  { title: 'Everybody expires at once', file: 'bench/expiry.ts', run: benchExpiry },
  { title: 'Start and stop', file: 'bench/start-stop.ts', run: benchStartStop },
  { title: 'The store and its wheel', file: 'bench/store.ts', run: benchStore },
];

console.log(`${machine()}\n`);
for (const { title, file, run } of PARTS)
  console.log(`## ${title}\n\n\`bun ${file}\`\n\n${await run(quick)}\n`);
