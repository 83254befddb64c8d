import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAULTS, type Fault } from './faults.ts';

/**
 * Shows that the tests have teeth: plants each fault in a copy of the project, alone, and runs the tests that
 * need no process, browser or other machine. Ends with status 1 if they pass with a fault, or fail without one.
 */
const root = join(import.meta.dir, '../..');
const SUITES = [
  'core',
  'config',
  'log',
  'redis',
  'levers',
  'metrics',
  'http',
  'otp-api',
  'page',
  'delivery',
].map((suite) => `test/${suite}/`);

/**
 * What a test may take: so one that is slow on a busy machine is not taken for one that has found a fault. What a
 * preload sets holds for the first file alone where one process runs them all.
 */
const TEST_MS = 30_000;

/** What a run may take; a fault can have it go round for ever. */
const RUN_MS = 600_000;

/** The name of the first test that fails in a copy of the project with this fault; undefined if none does. */
async function firstFailure(fault?: Fault): Promise<string | undefined> {
  const copy = await mkdtemp(join(tmpdir(), 'mutant-'));
  try {
    for (const part of ['src', 'test', 'package.json', 'tsconfig.json', 'bunfig.toml']) {
      await cp(join(root, part), join(copy, part), { recursive: true });
    }
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    if (fault !== undefined) await plant(fault, copy);
    const tests = Bun.spawn([process.execPath, 'test', '--bail', `--timeout=${TEST_MS}`, ...SUITES], {
      cwd: copy,
      timeout: RUN_MS,
      killSignal: 'SIGKILL',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const said = await new Response(tests.stderr).text();
    if ((await tests.exited) === 0) return undefined;
    return (
      /^\(fail\) (.*?)(?: \[[\d.]+m?s\])?$/m.exec(said)?.[1] ??
      `no test, but the run failed: ${said.slice(-500)}`
    );
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function plant({ name, file, from, to }: Fault, copy: string): Promise<void> {
  const path = join(copy, 'src', file);
  const source = await Bun.file(path).text();
  const places = source.split(from).length - 1;
  if (places !== 1) throw new Error(`"${name}": the piece to replace stands ${places} times in src/${file}`);
  await Bun.write(
    path,
    source.replace(from, () => to),
  );
}

const untouched = await firstFailure();
if (untouched !== undefined) throw new Error(`the tests fail without any fault: ${untouched}`);

const waiting = [...FAULTS];
let survived = 0;

async function tryInTurn(): Promise<void> {
  for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
    const failure = await firstFailure(fault);
    const real = failure !== undefined && !failure.startsWith('no test');
    if (!real) survived++;
    console.log(`${real ? 'caught  ' : 'SURVIVED'}  ${fault.name}\n          ${failure ?? 'all tests pass'}`);
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, tryInTurn));
console.log(`\n${FAULTS.length - survived} of ${FAULTS.length} faults were caught`);
process.exitCode = survived === 0 ? 0 : 1;
