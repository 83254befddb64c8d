import { describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { Glob } from 'bun';
import { dependencies, scripts } from '../../package.json';
import { Settings } from '../../src/config.ts';
import { TABLES, withTables } from './docs-tables.ts';

const root = join(import.meta.dir, '../..');
const textOf = (path: string) => Bun.file(join(root, path)).text();

const PAGES = ['README.md', ...new Glob('docs/*.md').scanSync(root)].sort();

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings = page.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the documentation', () => {
  test.each(Object.entries(TABLES))('%s has the tables that the source makes', async (path, tables) => {
    const page = await textOf(path);
    expect(page, `Run \`bun test/repo/docs-tables.ts\`: it writes ${path} anew.`).toBe(
      withTables(page, tables()),
    );
  });

  test('the tables of settings list each setting once', async () => {
    const page = await textOf('docs/configuration.md');
    const listed = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    expect(listed.sort(), 'Add the feature to FEATURES in test/repo/docs-tables.ts.').toEqual(
      Object.keys(Settings.properties).sort(),
    );
  });

  test('the README lists every runtime dependency with a reason', async () => {
    const readme = await textOf('README.md');
    for (const name of Object.keys(dependencies))
      expect(readme).toMatch(new RegExp(`\\| \\[${name}\\]\\(\\S+\\) \\| .{20,} \\|`));
  });

  test.each(PAGES)('%s links only to files and headings that exist', async (path) => {
    const page = await textOf(path);
    const links = [...page.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
    for (const [link, to = '', anchor] of links) {
      const target = to === '' ? path : normalize(join(dirname(path), to));
      expect(existsSync(join(root, target)), `${path}: ${link}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(await textOf(target)), `${path}: ${link}`).toContain(anchor);
    }
  });

  test.each(PAGES)('%s names only files, scripts and tests that exist', async (path) => {
    const page = await textOf(path);
    const ran = [...page.matchAll(/\bbun run ([\w:]+)/g)].map(([, script = '']) => script);
    expect(ran.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
    const named = [
      ...page.matchAll(/(?<![\w/.-])(?:\.\/)?((?:bench|examples|grafana|k8s|src|test)\/[\w./-]*\w)/g),
    ];
    const names = named.map(([, name = '']) => name);
    expect(names.filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });
});
