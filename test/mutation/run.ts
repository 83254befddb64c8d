import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutant, readSources } from './mutate.ts';
import { MUTATIONS } from './mutations.ts';

/**
 * Shows that the tests find faults: makes one mutation at a time in a copy of the project, and runs the tests that need
 * no process, browser or other machine. Ends with status 1 if they pass with a mutation, or fail without one.
 *
 * Usage: bun run mutation [TEXT...] to run all mutations, or those whose names contain one of the texts
 */
const texts = process.argv.slice(2);
const root = join(import.meta.dir, '../..');

/** Folders of test/ that hold no tests, or tests that start processes or look at the repository. */
const LEFT_OUT = ['client', 'e2e', 'mutation', 'repo', 'support'];

/**
 * The time for one test, in ms: a test that is slow on a busy machine has not found a fault. The default that a preload
 * sets holds for the first file only where one process runs them all.
 */
const TEST_MS = 30_000;

/** A run that takes so many times as long as the one without a mutation does not end: the mutation causes a loop. */
const ENDLESS = 4;
/** The time for one run, in ms. */
let runMs = 600_000;

const suites = (await readdir(join(root, 'test'), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && !LEFT_OUT.includes(entry.name))
  .map(({ name }) => `test/${name}/`);

/** The name of the first test that fails in a copy of the project with this mutant; undefined if none fails. */
async function firstFailure(mutant?: Mutant): Promise<string | undefined> {
  const copy = await mkdtemp(join(tmpdir(), 'mutant-'));
  try {
    for (const part of ['src', 'test', 'package.json', 'tsconfig.json', 'bunfig.toml'])
      await cp(join(root, part), join(copy, part), { recursive: true });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    if (mutant !== undefined) await Bun.write(join(copy, 'src', mutant.file), mutant.text);
    // The tests of the file and of the feature most often find the fault.
    const file = mutant && `test/${mutant.file.replace(/ts$/, 'test.ts')}`;
    const isOwn = (suite: string) => file?.startsWith(suite) ?? false;
    const own = suites.filter(isOwn);
    if (file !== undefined && (await Bun.file(join(root, file)).exists())) own.unshift(file);
    for (const part of [...own.map((one) => [one]), suites.filter((suite) => !isOwn(suite))]) {
      const failure = await failureIn(copy, part);
      if (failure !== undefined) return failure;
    }
    return undefined;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function failureIn(project: string, suites: readonly string[]): Promise<string | undefined> {
  const tests = Bun.spawn(
    [process.execPath, 'test', '--bail', `--timeout=${TEST_MS}`, ...suites.map((suite) => `./${suite}`)],
    {
      cwd: project,
      timeout: runMs,
      killSignal: 'SIGKILL',
      stdout: 'pipe',
      stderr: 'pipe',
    },
  );
  const output = await new Response(tests.stderr).text();
  if ((await tests.exited) === 0) return undefined;
  if (tests.signalCode === 'SIGKILL') return 'the tests do not end';
  return (
    /^\(fail\) (.*?)(?: \[[\d.]+m?s\])?$/m.exec(output)?.[1] ??
    `no test, but the run failed: ${output.slice(-500)}`
  );
}

const mutate = await readSources(root);
const chosen = MUTATIONS.filter(
  ({ name }) => texts.length === 0 || texts.some((text) => name.includes(text)),
).map(({ name, where, operator }) => ({ name, mutant: mutate(where, operator) }));
if (chosen.length === 0) throw new Error(`no mutation has ${texts.join(' or ')} in its name`);

const began = performance.now();
const unchanged = await firstFailure();
if (unchanged !== undefined) throw new Error(`the tests fail without any mutation: ${unchanged}`);
runMs = Math.ceil(ENDLESS * (performance.now() - began));

const waiting = [...chosen];
let survived = 0;

async function tryInTurn(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const failure = await firstFailure(next.mutant);
    const caught = failure !== undefined && !failure.startsWith('no test');
    if (!caught) survived++;
    console.log(
      `${caught ? 'caught  ' : 'SURVIVED'}  ${next.name}\n          ${failure ?? 'all tests pass'}`,
    );
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, tryInTurn));
console.log(`\n${chosen.length - survived} of ${chosen.length} mutations were caught`);
process.exitCode = survived === 0 ? 0 : 1;
