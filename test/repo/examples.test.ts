import { describe, expect, test } from 'bun:test';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { Glob } from 'bun';

const root = join(import.meta.dir, '../../examples');
const examples = (await readdir(root)).sort();
const text = (path: string) => Bun.file(join(root, path)).text();
const paths = (pattern: string) => [...new Glob(pattern).scanSync({ cwd: root, dot: true })].sort();

const Manifest = Type.Object({
  devDependencies: Type.Optional(Type.Record(Type.String(), Type.String())),
});
describe('an example', () => {
  test.each(examples)('for %s has a manifest, and a README that fits on a screen', async (name) => {
    expect(paths(`${name}/{package.json,requirements.txt,pom.xml}`)).toHaveLength(1);
    expect((await text(`${name}/README.md`)).split('\n').length).toBeLessThan(25);
    expect(await Bun.file(join(root, '../docs/testing.md')).text()).toContain(
      `](../examples/${name}/README.md)`,
    );
  });

  test.each(paths('*/*.js'))('imports in %s its own files and what its manifest names', async (path) => {
    const folder = path.split('/')[0] ?? '';
    const { devDependencies = {} } = Value.Parse(
      Manifest,
      await Bun.file(join(root, folder, 'package.json')).json(),
    );
    const imported = [...(await text(path)).matchAll(/\bfrom '([^']+)'/g)].map(([, from = '']) => from);
    for (const from of imported) {
      if (from.startsWith('./')) expect(await Bun.file(join(root, folder, from)).exists(), from).toBe(true);
      else if (!/^(node|bun):/.test(from))
        expect(
          Object.keys(devDependencies).some((name) => from === name || from.startsWith(`${name}/`)),
          from,
        ).toBe(true);
    }
  });

  test.each(['login.js', 'login-app.js'])('has the same %s as the others', async (file) => {
    const copies = await Promise.all(paths(`*/${file}`).map(text));
    expect(copies.length).toBeGreaterThan(1);
    expect(new Set(copies).size).toBe(1);
  });
});
