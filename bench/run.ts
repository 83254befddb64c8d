import { benchExpiry } from './expiry.ts';
import { benchHttp } from './http.ts';
import { machine } from './machine.ts';
import { benchStartStop } from './start-stop.ts';
import { benchStore } from './store.ts';

/**
 * Prints the benchmarks of docs/benchmarks.md as Markdown. Benchmarks that take long or answer a single question have
 * commands of their own.
 *
 * Usage: bun bench/run.ts [--quick]
 */
const quick = process.argv.includes('--quick');

const PARTS = [
  { title: 'Over HTTP', file: 'bench/http.ts', run: benchHttp },
  { title: 'All codes expire at once', file: 'bench/expiry.ts', run: benchExpiry },
  { title: 'Start and stop', file: 'bench/start-stop.ts', run: benchStartStop },
  { title: 'The store and its wheel', file: 'bench/store.ts', run: benchStore },
];

console.log(`${machine()}\n`);
for (const { title, file, run } of PARTS)
  console.log(`## ${title}\n\n\`bun ${file}\`\n\n${await run(quick)}\n`);
