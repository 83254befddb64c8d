import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $, Glob } from 'bun';
import { listening } from '../support/process.ts';

const root = join(import.meta.dir, '../..');
const dockerfile = await Bun.file(join(root, 'Dockerfile')).text();
const pages = [...new Glob('**/*.{ts,css,svg}').scanSync(join(root, 'src/page'))];

let app = '';
beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), 'bundle-'));
  await mkdir(join(app, 'empty'));
  const [, options = ''] = /^RUN bun build (.*)--outdir=service src\/main.ts$/m.exec(dockerfile) ?? [];
  expect(options).not.toBe('');
  await $`${process.execPath} build ${options.trim().split(' ')} --outdir=${app}/service src/main.ts`
    .cwd(root)
    .quiet();
  await cp(join(root, 'src/page'), join(app, 'page'), { recursive: true });
});
afterAll(() => rm(app, { recursive: true, force: true }));

describe('the bundle of the distroless image, started in an empty folder,', () => {
  test('is laid out here as the Dockerfile does it', () => {
    expect(dockerfile).toContain('COPY --from=bundle /app/service ./\n');
    expect(dockerfile).toContain('COPY src/page /app/page\n');
    expect(dockerfile).toContain('WORKDIR /app/service\n');
  });

  test('answers as the sources do: the page with all its files, Swagger UI, the document', async () => {
    using bundle = await listening({}, join(app, 'service/main.js'), join(app, 'empty'));
    using source = await listening();
    const paths = [
      ...['/', '/livez', '/readyz', '/swagger', '/swagger/json'],
      ...['start.js', 'swagger-ui-bundle.js', 'swagger-ui.css'].map((file) => `/swagger/assets/${file}`),
      ...pages.map((file) => `/page/${file}`),
    ];
    expect(paths.length).toBeGreaterThan(20);
    for (const path of paths) {
      const [mine, theirs] = await Promise.all([bundle, source].map(({ url }) => fetch(`${url}${path}`)));
      expect(mine?.status, path).toBe(200);
      expect(mine?.headers.get('content-type'), path).toBe(theirs?.headers.get('content-type') ?? null);
      expect(await mine?.text(), path).toBe((await theirs?.text()) ?? '');
    }
  });

  test('makes codes and checks them, ends when it is told to, and remarks on nothing', async () => {
    using bundle = await listening({}, join(app, 'service/main.js'), join(app, 'empty'));
    const post = (path: string, body: object) =>
      fetch(`${bundle.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post('/otp/request', { user: 'alice', code: '123456' })).status).toBe(200);
    expect((await post('/otp/verify', { user: 'alice', code: '654321' })).status).toBe(401);
    expect((await post('/otp/verify', { user: 'alice', code: '123456' })).status).toBe(200);
    expect((await post('/otp/verify', { usr: 'alice' })).status).toBe(400);
    bundle.child.kill('SIGTERM');
    expect(await bundle.child.exited).toBe(0);
    expect(await bundle.stderr()).toBe('');
  });
});
