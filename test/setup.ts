import { Glob } from 'bun';
import fc from 'fast-check';

/** Runs before all tests: a property that fails names its seed, and coverage counts files that no test imports. */
fc.configureGlobal({ verbose: fc.VerbosityLevel.None });

for (const file of new Glob('**/*.ts').scanSync(`${import.meta.dir}/../src`)) {
  if (file !== 'main.ts' && !file.endsWith('.d.ts')) await import(`../src/${file}`);
}
