import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { KindGuard, type TSchema } from '@sinclair/typebox';
import { dependencies } from '../../package.json';
import { Settings } from '../../src/config.ts';

const readme = await Bun.file(join(import.meta.dir, '../../README.md')).text();

/** The README's row for a setting. */
function row([name, schema]: [string, TSchema]): string {
  const { default: value, strict, minimum, maximum, anyOf, description } = schema;
  const shown = (it: unknown) => (Array.isArray(it) || it === '' ? 'none' : `\`${it}\``);
  const usual = strict === undefined ? shown(value) : `${shown(value)}, strict ${shown(strict)}`;
  const range = KindGuard.IsInteger(schema) ? `${minimum} to ${maximum}` : '';
  const choice = (anyOf ?? []).map((one: TSchema) => `\`${one['const']}\``).join(', ');
  return `| \`${name}\` | ${usual} | ${range || choice || 'text'} | ${description} |`;
}

describe('the README', () => {
  test('lists every setting with its default, its allowed values and its purpose', () => {
    const rows = Object.entries<TSchema>(Settings.properties).map(row);
    expect(rows.filter((row) => !readme.includes(row)).join('\n')).toBe('');
  });

  test('lists every runtime dependency with a reason', () => {
    for (const name of Object.keys(dependencies))
      expect(readme).toMatch(new RegExp(`\\| \\[${name}\\]\\(\\S+\\) \\| .{20,} \\|`));
  });

  test('links only to files that exist', async () => {
    const paths = [...readme.matchAll(/\]\(((?!https?:|#)[^)]+)\)/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(5);
    for (const path of paths)
      expect(await Bun.file(join(import.meta.dir, '../..', path)).exists(), path).toBe(true);
  });
});
