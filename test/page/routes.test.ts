import { describe, expect, test } from 'bun:test';
import { dirname, join } from 'node:path';
import { Glob } from 'bun';
import { testService } from '../support/api.ts';
import { channelOf } from '../support/channel.ts';

const { send, post } = testService();
const html = await send('/');
const loaded = [...html.text.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)].map(([, path = '']) => path);
const scripts = await reachable(loaded.filter((path) => path.endsWith('.ts')));

/** These scripts and all that they import, directly or not, as served. */
async function reachable(paths: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const queue = [...paths]; queue.length > 0; ) {
    const path = queue.shift();
    if (path === undefined || found.has(path)) continue;
    const { text } = await send(path);
    found.set(path, text);
    for (const [, target = ''] of text.matchAll(/\bfrom"(\.[^"]+)"/g))
      queue.push(join(dirname(path), target));
  }
  return found;
}

describe('the page', () => {
  test('the page’s policy allows only this service’s files, and forbids inline scripts and framing', () => {
    expect(html.status).toBe(200);
    expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = html.headers.get('content-security-policy');
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(html.text).not.toMatch(/\sstyle=|\son\w+=|<style|<script(?! type="module" src=)|https?:/);
  });

  test.each([
    ['/page/main.ts', 'text/javascript'],
    ['/page/style.css', 'text/css'],
    ['/page/icon.svg', 'image/svg+xml'],
  ])('the page loads %s as %s', async (path, type) => {
    const { status, headers } = await send(path);
    expect([status, headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
    expect(loaded).toContain(path);
  });

  test('every script of the page is JavaScript, exists, and is in use', async () => {
    expect(scripts.size).toBeGreaterThan(10);
    for (const [path, script] of scripts) {
      expect((await send(path)).status, path).toBe(200);
      expect(() => new Bun.Transpiler({ loader: 'js' }).scan(script), path).not.toThrow();
    }
    const all = [
      'main.ts',
      ...new Glob('{model,view}/*.ts').scanSync(join(import.meta.dir, '../../src/page')),
    ];
    // Only types: nothing of it is left to load.
    const unused = all.map((file) => `/page/${file}`).filter((path) => !scripts.has(path));
    expect(unused).toEqual(['/page/model/wire.ts']);
  });

  test('the page and everything that it loads is under 100 KB', async () => {
    const texts = [html.text, ...scripts.values()];
    for (const path of loaded) if (!scripts.has(path)) texts.push((await send(path)).text);
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThan(100_000);
  });

  test.each(['/', '/page/main.ts', '/page/style.css'])(
    '%s answers GET and HEAD, and no other method',
    async (path) => {
      const [head, get] = [await send(path, { method: 'HEAD' }), await send(path)];
      expect([head.status, head.text]).toEqual([200, '']);
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
      expect((await post(path, {})).headers.get('allow')).toBe('GET, HEAD');
    },
  );

  test.each(['/page', '/page/', '/page/none.ts', '/page/..%2fmain.ts', '/page/index.html'])(
    'the page has no file at %s',
    async (path) => {
      expect((await send(path)).status).toBe(404);
    },
  );

  test('the page needs no API key, so that it can ask for one', async () => {
    const keyed = testService({ OTP_API_KEYS: 'k'.repeat(32) });
    for (const path of ['/', '/page/main.ts']) expect((await keyed.send(path)).status).toBe(200);
  });

  test('strict mode has no page', async () => {
    const strict = testService(
      { OTP_MODE: 'strict', OTP_API_KEYS: 'k'.repeat(32), OTP_METRICS_KEYS: 'm'.repeat(32) },
      [channelOf(async () => {})],
    );
    for (const path of ['/', '/page/main.ts', '/page/style.css'])
      expect((await strict.send(path)).body).toMatchObject({ status: 404, code: 'not_found' });
  });
});
