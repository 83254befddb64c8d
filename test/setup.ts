import { Glob } from 'bun';

/** What needs a process or a browser of its own, and is run there. */
const ELSEWHERE = ['main.ts', 'page/main.ts'];

/** Runs before all tests, so that coverage counts also the files that no test imports. */
for (const file of new Glob('**/*.ts').scanSync(`${import.meta.dir}/../src`)) {
  if (!ELSEWHERE.includes(file) && !file.endsWith('.d.ts')) await import(`../src/${file}`);
}
