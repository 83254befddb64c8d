import { describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $, Glob } from 'bun';
import { exports } from '../../package.json';
import { listening } from '../support/process.ts';

const root = join(import.meta.dir, '../..');
const pages: { path: string; text: string }[] = [];
for (const path of ['README.md', ...new Glob('docs/*.md').scanSync(root)].sort())
  pages.push({ path, text: await Bun.file(join(root, path)).text() });

/** The blocks of one kind in a page. */
const blocksIn = (text: string, kind: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, block = '']) => block);

/** Commands that show their output, with the output. */
const shown = pages
  .map(({ path, text }) => ({
    path,
    examples: blocksIn(text, 'console').flatMap((block) => block.trimEnd().split(/^\$ /m).slice(1)),
  }))
  .filter(({ examples }) => examples.length > 0);

/** Commands that start the service with settings. Those around them need a container engine. */
const starts = pages.flatMap(({ path, text }) =>
  blocksIn(text, 'sh')
    .filter((block) => /\bbun start$/m.test(block))
    .map((block) => ({ path, commands: block.replace(/^docker .*$/gm, '') })),
);

/** Hides what differs from run to run: ids, drawn codes and times. */
const mask = (text: string) =>
  text
    .replace(/"id":"[\w-]+"/g, '"id":"…"')
    .replace(/"code":"\d{6}"/g, '"code":"…"')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…');

test('the README and most pages have commands to run', () => {
  expect(shown.map(({ path }) => path)).toContain('README.md');
  expect(shown.flatMap(({ examples }) => examples).length).toBeGreaterThan(25);
  expect(starts.length).toBeGreaterThan(3);
});

describe('every command that shows its output prints that output:', () => {
  test.each(shown)(
    '$path',
    async ({ examples }) => {
      using service = await listening();
      for (const example of examples) {
        const [command = '', ...answer] = example.trimEnd().split('\n');
        const { stdout } = await $`sh -c ${command.replace('localhost:8080', service.url)}`.quiet();
        expect(mask(stdout.toString().trimEnd()), command).toBe(mask(answer.join('\n')));
      }
    },
    120_000,
  );
});

describe('programs in the pages run:', () => {
  const modules: Readonly<Record<string, string>> = {
    'mock-otp-service/client': join(
      root,
      exports['./client'].default.replace('dist', 'src').replace(/js$/, 'ts'),
    ),
    'mock-otp-service': join(root, 'src/service.ts'),
    '@elysiajs/eden': Bun.resolveSync('@elysiajs/eden', root),
  };

  test.each([
    ['README.md', 'js', ['test']],
    ['docs/package.md', 'js', ['otp.test.js']],
    ['docs/package.md', 'ts', ['otp.test.ts']],
  ])(
    '%s, in %s',
    async (path, kind, command) => {
      const [code = ''] = blocksIn(pages.find((page) => page.path === path)?.text ?? '', kind);
      const folder = await mkdtemp(join(tmpdir(), 'mock-otp-'));
      const imports = code.replace(/(?<= from ')[^']+/g, (name) => modules[name] ?? name);
      await Bun.write(join(folder, `otp.test.${kind}`), imports);
      const { exitCode, stderr } = await $`${process.execPath} ${command}`.cwd(folder).nothrow().quiet();
      await rm(folder, { recursive: true });
      expect(exitCode, stderr.toString()).toBe(0);
    },
    60_000,
  );
});

describe('the commands that start the service start it, and print each secret that they draw:', () => {
  test.each(starts)(
    '$path',
    async ({ commands }) => {
      const run = commands.replace(/\bbun start$/m, `exec "${process.execPath}" src/main.ts`);
      const { PATH = '' } = process.env;
      const env = { PATH, HOST: '127.0.0.1', PORT: '0', LOG_FORMAT: 'json' };
      const child = Bun.spawn(['sh', '-ec', run], { cwd: root, env, stdout: 'pipe', stderr: 'inherit' });
      let said = '';
      for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
        said += chunk;
        if (said.includes('"listening"')) break;
      }
      child.kill('SIGKILL');
      expect(said).toContain('"listening"');
      const drawn = [...commands.matchAll(/\$\(openssl /g)];
      expect([...said.matchAll(/\b[\da-f]{64}\b|\bwhsec_\S{44}/g)]).toHaveLength(drawn.length);
    },
    60_000,
  );
});
