import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'bun';

/** The README's two commands on a machine that has Node, but no Bun, no packages and no cache. */
const root = join(import.meta.dir, '../..');
let folder = '';
let env: Record<string, string> = {};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mock-otp-'));
  await $`git clone --quiet ${root} ${folder}/clone && mkdir ${folder}/home`;
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|BUN_|XDG_|HOME$|PATH$|PORT$)/.test(name),
  );
  env = {
    ...Object.fromEntries(inherited.map(([name, value]) => [name, value ?? ''])),
    HOME: `${folder}/home`,
    PATH: (process.env['PATH'] ?? '')
      .split(':')
      .filter((dir) => !Bun.which('bun', { PATH: dir }))
      .join(':'),
  };
  expect(Bun.which('bun', { PATH: env['PATH'] ?? '' })).toBeNull();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (command: string, more: Record<string, string> = {}) =>
  Bun.spawn(command.split(' '), {
    cwd: `${folder}/clone`,
    env: { ...env, ...more },
    stdout: 'pipe',
    stderr: 'pipe',
    detached: true,
  });

describe('in a fresh clone, with an empty home folder and no Bun', () => {
  test('`npx --yes bun@1.4.5 start` installs the packages and starts the service', async () => {
    const service = run('npx --yes bun@1.4.5 start', { HOST: '127.0.0.1', PORT: '0' });
    let said = '';
    for await (const chunk of service.stdout) {
      said += new TextDecoder().decode(chunk);
      if (said.includes('"listening"')) break;
    }
    const url = /"url":"([^"]+)"/.exec(said)?.[1];
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    // Signal the whole process group, as Ctrl-C does: npx does not forward signals.
    process.kill(-service.pid, 'SIGINT');
    await service.exited;
  }, 300_000);

  test('`npx --yes bun@1.4.5 run test` installs the packages and passes', async () => {
    const tests = run('npx --yes bun@1.4.5 run test');
    const [out, err] = await Promise.all([
      new Response(tests.stdout).text(),
      new Response(tests.stderr).text(),
    ]);
    expect(await tests.exited, out + err).toBe(0);
    expect(err).toContain(' 0 fail');
  }, 900_000);
});
