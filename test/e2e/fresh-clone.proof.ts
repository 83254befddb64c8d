import { expect, test } from 'bun:test';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'bun';

/**
 * The README's first command on a machine that has Node, but no Bun, no packages and no cache. CI begins with its test
 * command on such a machine.
 */
const root = join(import.meta.dir, '../..');

test('`npx --yes bun@1.4.5 start` installs the packages and starts the service in a fresh clone', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mock-otp-'));
  await $`git clone --quiet ${root} ${folder.path}/clone && mkdir ${folder.path}/home`;
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|BUN_|XDG_|HOME$|PATH$|PORT$)/.test(name),
  );
  const path = (process.env['PATH'] ?? '')
    .split(':')
    .filter((dir) => !Bun.which('bun', { PATH: dir }))
    .join(':');
  expect(Bun.which('bun', { PATH: path })).toBeNull();

  const service = Bun.spawn('npx --yes bun@1.4.5 start'.split(' '), {
    cwd: `${folder.path}/clone`,
    env: {
      ...Object.fromEntries(inherited),
      HOME: `${folder.path}/home`,
      PATH: path,
      HOST: '127.0.0.1',
      PORT: '0',
    },
    stdout: 'pipe',
    stderr: 'inherit',
    detached: true,
  });
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
