import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'bun';
import { pageFiles } from '../../src/page/files.ts';
import { applicationFolder, REFUSAL, refusalIn } from '../support/application.ts';
import { mailCatcher } from '../support/mail-catcher.ts';
import { testNeeding } from '../support/needing.ts';

const root = join(import.meta.dir, '../..');

setDefaultTimeout(120_000);

let folder = '';
let program = '';
let empty = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'binary-'));
  await $`${process.execPath} run binary`.cwd(root).quiet();
  program = join(folder, 'mock-otp-service');
  await rename(join(root, 'dist/mock-otp-service'), program).catch(
    () => $`mv ${root}/dist/mock-otp-service ${program}`,
  );
  empty = join(folder, 'empty');
  await mkdir(empty);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command where the whole disk, and this folder whatever disk it is on, can only be read. */
const READ_ONLY = `
  mount --make-rprivate / && mount -o remount,bind,ro / &&
  mount --bind "$PWD" "$PWD" && mount -o remount,bind,ro "$PWD" && cd "$PWD" || exit
  if touch file 2>/dev/null; then echo 'the folder can be written' >&2; exit 1; fi
  exec "$@"`;
const readOnly = [Bun.which('unshare') ?? 'unshare', '--mount', 'sh', '-c', READ_ONLY, 'sh'];

/** @param through a command that runs the one behind it */
async function servesEverything(through: readonly string[]): Promise<void> {
  await using mail = await mailCatcher();
  const began = performance.now();
  const child = Bun.spawn([...through, program, '--port', '0', '--host', '127.0.0.1'], {
    cwd: empty,
    env: {
      OTP_SMTP_URL: `smtp://127.0.0.1:${mail.port}?tls.rejectUnauthorized=false`,
      OTP_MAIL_FROM: 'otp@example.com',
    },
    stdout: 'pipe',
  });
  try {
    const reader = child.stdout.getReader();
    const url = String(
      JSON.parse(new TextDecoder().decode((await reader.read()).value).split('\n')[0] ?? '').url,
    );
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const startedMs = performance.now() - began;
    for (const { path, text } of pageFiles()) {
      const served = await fetch(path === 'index.html' ? url : `${url}/page/${path}`);
      expect(await served.text(), path).toBe(await text());
    }
    const assets = ['start.js', 'swagger-ui-bundle.js', 'swagger-ui.css'].map(
      (file) => `/swagger/assets/${file}`,
    );
    for (const path of ['/swagger', '/swagger/json', ...assets])
      expect((await fetch(`${url}${path}`)).status, path).toBe(200);

    const say = (...args: string[]) =>
      $`${through} ${program} ${args} --url ${url}`.cwd(empty).env({}).quiet().text();
    const code = (await say('request', '--user', 'alice')).trim();
    expect((await say('wait', '--user', 'alice')).trim()).toBe(code);
    expect((await say('verify', '--user', 'alice', '--code', code)).trim()).toBe('OTP verified successfully');
    await say('request', '--user', 'bob@example.com', '--channel', 'email');
    expect((await mail.caught(1)).map(({ recipients }) => recipients)).toEqual([['bob@example.com']]);
    child.kill('SIGTERM');
    expect(await child.exited).toBe(0);
    expect(await readdir(empty)).toEqual([]);
    const mib = Bun.file(program).size / 2 ** 20;
    const where = through.length === 0 ? 'in an empty folder' : 'on a read-only disk';
    console.log(`${where}: ${mib.toFixed(0)} MiB, ready after ${startedMs.toFixed(0)} ms`);
  } finally {
    child.kill('SIGKILL');
  }
}

test('the executable serves all that the sources do, from an empty folder, and writes nothing there', () =>
  servesEverything([]));

test('the executable takes no settings and no code from the folder that it is started in', async () => {
  await using application = await applicationFolder();
  expect(await refusalIn(application.path, [program])).toBe(REFUSAL);
});

const tried = Bun.which('unshare') ? Bun.spawnSync([...readOnly, 'true'], { cwd: tmpdir() }) : undefined;
testNeeding(
  tried?.success ? undefined : `no unshare, or no right to mount a file system: ${tried?.stderr ?? ''}`,
  'the executable does so on a read-only disk too',
  () => servesEverything(readOnly),
  120_000,
);
