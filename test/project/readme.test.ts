import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { dependencies } from '../../package.json';
import { Settings } from '../../src/kernel/settings.ts';

const readme = await Bun.file(join(import.meta.dir, '../../README.md')).text();

describe('the README', () => {
  test('lists every setting with its default and what it is for', () => {
    const rows = Object.entries(Settings.properties).map(
      ([name, { default: value, description }]) => `| \`${name}\` | \`${value}\` | ${description} |`,
    );
    expect(rows.filter((row) => !readme.includes(row))).toEqual([]);
  });

  test('names every runtime dependency, and why it is one', () => {
    for (const name of Object.keys(dependencies)) expect(readme).toContain(`| [${name}](`);
  });

  test('links only to files that are there', async () => {
    const paths = [...readme.matchAll(/\]\(((?!https?:)[^)]+)\)/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(5);
    for (const path of paths)
      expect(await Bun.file(join(import.meta.dir, '../..', path)).exists(), path).toBe(true);
  });
});
