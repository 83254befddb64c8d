import { setDefaultTimeout } from 'bun:test';
import { Glob } from 'bun';

/** What hangs fails, after this many milliseconds. A busy machine may take several times as long over a test as a quiet one. */
setDefaultTimeout(30_000);

/** What needs a process or a browser of its own, and is run there. */
const ELSEWHERE = ['main.ts', 'page/main.ts'];

/** Runs before all tests, so that coverage counts also the files that no test imports. */
for (const file of new Glob('**/*.ts').scanSync(`${import.meta.dir}/../src`)) {
  if (!ELSEWHERE.includes(file) && !file.endsWith('.d.ts')) await import(`../src/${file}`);
}
