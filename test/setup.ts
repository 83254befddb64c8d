import { Glob } from 'bun';

/** Runs before all tests, so that coverage counts also the files that no test imports. */
for (const file of new Glob('**/*.ts').scanSync(`${import.meta.dir}/../src`)) {
  if (file !== 'main.ts' && !file.endsWith('.d.ts')) await import(`../src/${file}`);
}
