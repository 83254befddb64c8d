import { setDefaultTimeout } from 'bun:test';
import { Glob } from 'bun';

/** A hanging test fails after this many ms. A busy machine may take several times as long as a quiet one. */
setDefaultTimeout(30_000);

/** Files that need a process, a browser or another test runner. */
const ELSEWHERE = ['main.ts', 'page/main.ts', 'client/playwright.ts'];

// Import every other file before the tests, so that coverage also counts files that no test imports.
for (const file of new Glob('**/*.ts').scanSync(`${import.meta.dir}/../src`)) {
  if (!ELSEWHERE.includes(file) && !file.endsWith('.d.ts')) await import(`../src/${file}`);
}
