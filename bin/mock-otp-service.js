#!/usr/bin/env node
// Runs the service from Node: on the program of the `bun` package, with the signals and the exit status passed on.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** As `bun start` sets it: a quarter of this much memory is used freely before the garbage collector hurries. */
const MEMORY_HINT = String(512 * 2 ** 20);

/** How often to look whether npm still runs, in milliseconds. */
const LOOK_MS = 200;

const main = join(dirname(fileURLToPath(import.meta.url)), '../src/main.ts');
const child = spawn(bun(), ['--no-orphans', main, ...process.argv.slice(2)], {
  // In an application's folder Bun would load that application's .env, and run what its bunfig.toml preloads.
  cwd: dirname(main),
  stdio: 'inherit',
  env: { BUN_JSC_forceRAMSize: MEMORY_HINT, ...process.env },
});
child.on('error', (error) => {
  console.error(`Bun cannot be started: ${error.message}`);
  process.exit(1);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (status, signal) => {
  if (signal === null) process.exit(status);
  // End as the service did.
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});

// npx passes no signal on. Where it is killed, this process stays behind, with another parent; so it does behind a test.
const parent = process.ppid;
if (process.env.npm_execpath !== undefined || process.env.END_WITH_PARENT !== undefined)
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, LOOK_MS).unref();

/** The path of Bun's program. Where npm runs no install scripts, the `bun` package holds a stub, and another the program. */
function bun() {
  if (process.versions.bun !== undefined) return process.execPath;
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('bun/package.json'));
  const linked = join(folder, 'bin/bun.exe');
  if (existsSync(linked) && statSync(linked).size > 2 ** 20) return linked;
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  for (const libc of ['', '-musl'])
    for (const packages of [join(folder, '..'), join(folder, 'node_modules')]) {
      const program = join(packages, `@oven/bun-${platform}-${arch}${libc}/bin/bun${suffix}`);
      if (existsSync(program)) return program;
    }
  console.error(
    'The package `bun` has no program for this machine. Install it again, with its optional dependencies.',
  );
  return process.exit(1);
}
