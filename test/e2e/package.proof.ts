import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { $, Glob, YAML } from 'bun';
import { freePort } from '../support/free-port.ts';
import { testNeeding } from '../support/needing.ts';

/** The package as `npm pack` makes it, on a machine that has Node, and neither Bun nor a home folder. */
const root = join(import.meta.dir, '../..');

setDefaultTimeout(180_000);

let folder = '';
let env: Record<string, string> = {};
let packed: { filename: string; size: number; files: { path: string }[] };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  await mkdir(join(folder, 'home'));
  const path = (process.env['PATH'] ?? '').split(':').filter((dir) => !Bun.which('bun', { PATH: dir }));
  const { npm_config_registry: registry } = process.env;
  env = {
    HOME: join(folder, 'home'),
    PATH: path.join(':'),
    ...(registry && { npm_config_registry: registry }),
  };
  const text = await $`npm pack --json --pack-destination ${folder}`.cwd(root).env(env).quiet().text();
  // Before the list stands what the build says.
  [packed] = JSON.parse(text.slice(text.search(/^\[$/m)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Installs the package into an empty folder. @returns runs a command there */
async function installed(name: string, ...options: string[]) {
  const cwd = join(folder, name);
  await mkdir(cwd);
  await writeFile(join(cwd, 'package.json'), '{}');
  await $`npm install --no-audit --no-fund ${options} ${join(folder, packed.filename)}`
    .cwd(cwd)
    .env(env)
    .quiet();
  return runIn(cwd);
}

const runIn =
  (cwd: string, more: Record<string, string> = {}) =>
  (...command: string[]) =>
    Bun.spawn(command, { cwd, env: { ...env, ...more }, stdout: 'pipe', stderr: 'pipe', detached: true });

type Run = ReturnType<typeof runIn>;

async function said(child: ReturnType<Run>): Promise<{ status: number; out: string; err: string }> {
  const [out, err] = await Promise.all(
    [child.stdout, child.stderr].map((stream) => new Response(stream).text()),
  );
  return { status: await child.exited, out: out?.trim() ?? '', err: err?.trim() ?? '' };
}

/** Starts the service. @returns its address, once it listens */
async function serving(run: Run, ...command: string[]) {
  const child = run(...command, '--port', '0', '--host', '127.0.0.1', '--log-format', 'json');
  let text = '';
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    if (text.includes('\n')) break;
  }
  return { child, url: String(JSON.parse(text.split('\n')[0] ?? '{}').url) };
}

/** The commands of a process group's processes that have not ended. */
async function left(group: number): Promise<string> {
  const commands: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
    // Behind the name in brackets: state, parent, group (proc(5)).
    const [state, , itsGroup] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (Number(itsGroup) === group && state !== 'Z') commands.push(text.slice(0, text.lastIndexOf(')') + 1));
  }
  return commands.join(', ');
}

async function gone(group: number): Promise<boolean> {
  for (let i = 0; i < 100 && (await left(group)) !== ''; i++) await Bun.sleep(50);
  return (await left(group)) === '';
}

test('the package holds the program, its sources and its papers, and nothing else', () => {
  const outside = packed.files
    .map(({ path }) => path)
    .filter((path) => !/^src\/.*\.(ts|lua|css|svg|html|cjs)$/.test(path))
    .sort();
  expect(outside).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin/mock-otp-service.js',
    'bin/needs-bun.js',
    'dist/client/client.d.ts',
    'dist/client/client.js',
    'dist/client/index.d.ts',
    'dist/client/index.js',
    'dist/client/playwright.d.ts',
    'dist/client/playwright.js',
    'dist/client/start.d.ts',
    'dist/client/start.js',
    'dist/client/wire.d.ts',
    'dist/client/wire.js',
    'package.json',
  ]);
  expect(packed.size).toBeLessThan(225_000);
  console.log(`${packed.filename}: ${packed.size} bytes, ${packed.files.length} files`);
});

/** A program in TypeScript that uses the client. */
const CLIENT = `
import { OtpError, type CodeMessage, startOtpService } from 'mock-otp-service/client';

await using otp = await startOtpService({ settings: { OTP_TTL: 60 } });
await otp.request({ user: 'alice', code: '123456' });
const message: CodeMessage = await otp.waitForCode({ user: 'alice' });
try {
  await otp.verify({ user: message.user, code: '000000' });
} catch (error) {
  if (error instanceof OtpError) console.log(error.code, (await otp.clock.read()).offset + 0.5);
}
`;

/** Tests in TypeScript that use the fixture for Playwright Test. */
const FIXTURE = `
import { defineConfig, expect } from '@playwright/test';
import type { CodeMessage } from 'mock-otp-service/client';
import { type OtpWorkerFixtures, test } from 'mock-otp-service/playwright';

export const config = defineConfig<object, OtpWorkerFixtures>({ use: { otpSettings: { OTP_TTL: 60 } } });
export function refused() {
  // @ts-expect-error A setting is a text or a number.
  test.use({ otpSettings: { OTP_TTL: true } });
  // @ts-expect-error There is no such method.
  test('waits for tea', ({ otp }) => otp.waitForTea());
}

test.use({ otpSettings: { OTP_TTL: 60 } });
let url = '';
test('a test uses a service with the settings, and leaves things behind', async ({ otp }) => {
  url = otp.url;
  expect((await otp.request({ user: 'alice' })).expiresIn).toBe(60);
  const message: CodeMessage = await otp.waitForCode({ user: 'alice' });
  await otp.codes.set([{ user: '*', code: message.code }]);
  await otp.clock.advance(30);
});
test('the next test finds the same service, reset', async ({ otp }) => {
  expect(otp.url).toBe(url);
  expect([await otp.inbox(), await otp.codes.list()]).toEqual([[], []]);
  expect((await otp.clock.read()).offset).toBe(0);
});
`;

/** As much of GitHub's syntax as the example's workflow uses. */
const Workflow = Type.Object({
  jobs: Type.Object({
    test: Type.Object({
      steps: Type.Array(
        Type.Union([
          Type.Object({ uses: Type.String(), with: Type.Optional(Type.Object({})) }),
          Type.Object({
            run: Type.String(),
            name: Type.Optional(Type.String()),
            if: Type.Optional(Type.String()),
          }),
        ]),
      ),
    }),
  }),
});

describe('after `npm install`', () => {
  let run: Run;
  beforeAll(async () => {
    run = await installed('plain');
  });

  test('`npx mock-otp-service` serves, its commands work, and SIGTERM to npx ends all of it', async () => {
    const { child, url } = await serving(run, 'npx', 'mock-otp-service');
    for (const path of ['/', '/swagger', '/swagger/json', '/readyz'])
      expect((await fetch(`${url}${path}`)).status, path).toBe(200);
    const cli = (...args: string[]) => said(run('npx', 'mock-otp-service', ...args, '--url', url));
    const { out: code } = await cli('request', '--user', 'alice');
    expect(code).toMatch(/^\d{6}$/);
    expect(await cli('wait', '--user', 'alice')).toEqual({ status: 0, out: code, err: '' });
    expect((await cli('verify', '--user', 'alice', '--code', code)).status).toBe(0);
    expect((await cli('verify', '--user', 'alice', '--code', code)).status).toBe(1);
    expect(await cli('wiat')).toEqual({
      status: 2,
      out: '',
      err: 'there is no command "wiat"; did you mean wait?',
    });
    child.kill('SIGTERM');
    expect(await gone(child.pid), await left(child.pid)).toBe(true);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  test('the program itself passes SIGTERM on, and ends with status 0', async () => {
    const { child, url } = await serving(run, 'node_modules/.bin/mock-otp-service');
    child.kill('SIGTERM');
    expect(await child.exited).toBe(0);
    expect(await gone(child.pid)).toBe(true);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
    const bad = await said(run('node_modules/.bin/mock-otp-service', '--port', 'eighty'));
    expect(bad).toMatchObject({ status: 1, err: expect.stringContaining('PORT must be a whole number') });
  });
});

describe('after `npm install` without install scripts', () => {
  let run: Run;
  beforeAll(async () => {
    run = await installed('careful', '--ignore-scripts', ...(await packagesOfExamples()));
  });

  test('the program runs, and after its `kill -9` nothing is left', async () => {
    const { child, url } = await serving(run, 'node_modules/.bin/mock-otp-service');
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    child.kill('SIGKILL');
    expect(await gone(child.pid), await left(child.pid)).toBe(true);
  });

  test('the client and the fixture are typed strictly, and errors carry the code of the problem', async () => {
    const cwd = join(folder, 'careful');
    await writeFile(join(cwd, 'client.mts'), CLIENT);
    await writeFile(join(cwd, 'fixture.spec.mts'), FIXTURE);
    const tsc = join(root, 'node_modules/.bin/tsc');
    const options =
      '--ignoreConfig --strict --exactOptionalPropertyTypes --target es2023 --lib esnext,dom --types node --module nodenext';
    const types = ['--typeRoots', join(root, 'node_modules/@types')];
    const compiled = await said(run(tsc, ...options.split(' '), ...types, 'client.mts', 'fixture.spec.mts'));
    expect(compiled).toEqual({ status: 0, out: '', err: '' });
    const ran = await said(run('node', 'client.mjs'));
    expect(ran).toEqual({ status: 0, out: 'invalid_code 0.5', err: '' });
  });

  test('the fixture for Playwright Test gives a worker one service, with its settings, and resets it before each test', async () => {
    // The program that the test before this one has compiled.
    const { status, out } = await said(run('npx', 'playwright', 'test', 'fixture.spec.mjs', '--workers=1'));
    expect(status, out).toBe(0);
    expect(out).toContain('2 passed');
  });

  test('Node is told that the library needs Bun', async () => {
    const { err } = await said(run('node', '-e', "import('mock-otp-service')"));
    expect(err).toContain('mock-otp-service is a library on Bun alone');
  });

  describe('the example for', () => {
    /** Copies an example. @returns runs a command in the copy, which finds the packages in the folders above it */
    async function example(name: string, more: Record<string, string> = {}): Promise<Run> {
      const cwd = join(folder, 'careful', name);
      await cp(join(root, 'examples', name), cwd, { recursive: true });
      return runIn(cwd, more);
    }

    async function passes(child: ReturnType<Run>, summary: RegExp): Promise<void> {
      const { status, out, err } = await said(child);
      expect(status, out + err).toBe(0);
      expect(out + err).toMatch(summary);
    }

    test('node:test passes in Node', async () => {
      await passes((await example('node-test'))('npm', 'test'), /# pass 3/);
    });

    test('Vitest passes in Node', async () => {
      await passes((await example('vitest'))('npm', 'test'), /Tests.*3 passed/);
    });

    test('bun test passes in Bun', async () => {
      await passes((await example('bun'))(process.execPath, 'test'), /3 pass/);
    });

    const chromium = Bun.which('chromium');
    testNeeding(
      chromium ? undefined : 'no Chromium found: apt-get install chromium',
      'Playwright Test passes, in two workers',
      async () => {
        const playwright = await example('playwright', { CHROMIUM: chromium ?? '' });
        await passes(playwright('npm', 'test', '--', '--workers=2'), /3 tests using 2 workers.*3 passed/s);
      },
      180_000,
    );

    testNeeding(
      Bun.which('pytest') ? undefined : 'no pytest found: apt-get install python3-pytest',
      'pytest passes, and leaves no process behind',
      async () => {
        const child = (await example('python-pytest'))('pytest');
        await passes(child, /3 passed/);
        expect(await gone(child.pid), await left(child.pid)).toBe(true);
      },
      180_000,
    );

    test("GitHub Actions passes with its workflow's own scripts, twice beside one service", async () => {
      const port = String(await freePort());
      const workflow = await example('github-actions', { OTP_URL: `http://localhost:${port}` });
      const file = await Bun.file(join(root, 'examples/github-actions/.github/workflows/test.yml')).text();
      const { steps } = Value.Parse(Workflow, YAML.parse(file.replaceAll('8080', port))).jobs.test;
      const scripts = steps.flatMap((step) => ('run' in step ? [step.run] : []));
      const [install, start = '', ...rest] = scripts;
      expect([install, ...rest]).toEqual(['npm install', 'npm test', 'cat otp.log']);
      const service = workflow('bash', '-e', '-c', start);
      await passes(service, /"ready"/);
      await passes(workflow('npm', 'test'), /# pass 3/);
      await passes(workflow('npm', 'test'), /# pass 3/);
      await passes(workflow('cat', 'otp.log'), /listening/);
      process.kill(-service.pid, 'SIGTERM');
      expect(await gone(service.pid), await left(service.pid)).toBe(true);
    });

    test('Compose passes as processes of this machine', async () => {
      const { child, url } = await serving(run, 'node_modules/.bin/mock-otp-service');
      const app = (await example('compose', { OTP_URL: url, PORT: '0' }))('npm', 'start');
      let text = '';
      for await (const chunk of app.stdout) {
        text += new TextDecoder().decode(chunk);
        if (text.includes('listens at')) break;
      }
      const port = /:(\d+)\s*$/.exec(text)?.[1];
      const tests = runIn(join(folder, 'careful/compose'), {
        OTP_URL: url,
        APP_URL: `http://127.0.0.1:${port}`,
      });
      await passes(tests('npm', 'test'), /# pass 2/);
      process.kill(-app.pid, 'SIGTERM');
      child.kill('SIGTERM');
      await Promise.all([app.exited, child.exited]);
    });

    const noJdk = Bun.which('javac') ? '' : ' (no JDK here: not checked)';
    test.skipIf(noJdk !== '')(`Java compiles as far as the JDK alone can${noJdk}`, async () => {
      const javac = await example('java-junit-testcontainers');
      const options = ['-Xlint:all', '-Werror', '-d', 'classes'];
      const [main, tests] = ['src/main/java/example', 'src/test/java/example'];
      const compiled = await said(
        javac('javac', ...options, `${main}/Login.java`, `${tests}/OtpService.java`),
      );
      expect(compiled).toEqual({ status: 0, out: '', err: '' });
      // Its imports come from Maven, so that only its syntax can be checked.
      const parsed = await said(javac('javac', '-XDshould-stop.ifNoError=PARSE', `${tests}/LoginTest.java`));
      expect(parsed).toEqual({ status: 0, out: '', err: '' });
    });
  });
});

/** What the examples' manifests require besides the package itself, as `name@range`. */
async function packagesOfExamples(): Promise<string[]> {
  const found = new Set<string>();
  for await (const path of new Glob('*/package.json').scan(join(root, 'examples'))) {
    const { devDependencies = {} } = await Bun.file(join(root, 'examples', path)).json();
    for (const [name, range] of Object.entries(devDependencies))
      if (name !== 'mock-otp-service') found.add(`${name}@${range}`);
  }
  return [...found];
}
