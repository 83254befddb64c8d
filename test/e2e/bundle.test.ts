import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { pageFiles } from '../../src/page/files.ts';
import { bundled } from '../support/bundle.ts';
import { listening } from '../support/process.ts';

const root = join(import.meta.dir, '../..');
const pages = pageFiles().filter(({ path }) => path !== 'index.html');

let bundle: Awaited<ReturnType<typeof bundled>>;
beforeAll(async () => {
  bundle = await bundled();
});
afterAll(() => bundle[Symbol.asyncDispose]());

describe('the bundle of the images, started in an empty folder', () => {
  test('this test lays out the bundle as the Dockerfile does', async () => {
    const dockerfile = await Bun.file(join(root, 'Dockerfile')).text();
    expect(dockerfile).toContain('WORKDIR /app/service\nCOPY --from=bundle /app/service ./\n');
    expect(dockerfile).toContain('COPY src/page /app/page\n');
  });

  test('the bundle serves the page, Swagger UI and the OpenAPI document like the sources', async () => {
    using small = await listening({}, bundle.main, bundle.empty);
    using source = await listening();
    const paths = [
      ...['/', '/livez', '/readyz', '/swagger', '/swagger/json'],
      ...['start.js', 'swagger-ui-bundle.js', 'swagger-ui.css'].map((file) => `/swagger/assets/${file}`),
      ...pages.map(({ path }) => `/page/${path}`),
    ];
    expect(paths.length).toBeGreaterThan(20);
    for (const path of paths) {
      const [mine, theirs] = await Promise.all([small, source].map(({ url }) => fetch(`${url}${path}`)));
      expect(mine?.status, path).toBe(200);
      expect(mine?.headers.get('content-type'), path).toBe(theirs?.headers.get('content-type') ?? null);
      expect(await mine?.text(), path).toBe((await theirs?.text()) ?? '');
    }
  });

  test('the bundle issues and verifies codes, exits on SIGTERM, and prints no errors', async () => {
    using small = await listening({}, bundle.main, bundle.empty);
    const post = (path: string, body: object) =>
      fetch(`${small.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post('/otp/request', { user: 'alice', code: '123456' })).status).toBe(200);
    expect((await post('/otp/verify', { user: 'alice', code: '654321' })).status).toBe(401);
    expect((await post('/otp/verify', { user: 'alice', code: '123456' })).status).toBe(200);
    expect((await post('/otp/verify', { usr: 'alice' })).status).toBe(400);
    small.child.kill('SIGTERM');
    expect(await small.child.exited).toBe(0);
    expect(await small.stderr()).toBe('');
  });
});
