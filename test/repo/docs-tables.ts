import { join } from 'node:path';
import { KindGuard, type TProperties, type TSchema } from '@sinclair/typebox';
import { coreSettings } from '../../src/core/settings.ts';
import { deliverySettings } from '../../src/delivery/settings.ts';
import { PROBLEMS } from '../../src/http/problem.ts';
import { httpSettings } from '../../src/http/settings.ts';
import { leverSettings } from '../../src/levers/settings.ts';
import { logSettings } from '../../src/log/settings.ts';
import { metricsSettings } from '../../src/metrics/settings.ts';
import { redisSettings } from '../../src/redis/settings.ts';

/**
 * The tables in docs/ that repeat what the source says. `bun test/repo/docs-tables.ts` writes them anew, and a test
 * compares the pages with them.
 */
export const TABLES = { 'docs/configuration.md': settingsTables, 'docs/errors.md': problemTable };

/** The settings of each feature, under its heading. */
const FEATURES: Readonly<Record<string, TProperties>> = {
  'Codes and their limits': coreSettings,
  'The server and its callers': { ...httpSettings, ...metricsSettings },
  'Shared store': redisSettings,
  'Mock mode': leverSettings,
  Delivery: deliverySettings,
  Log: logSettings,
};

const BEGIN = '<!-- Written by `bun test/repo/docs-tables.ts`. -->';
const END = '<!-- End of what it writes. -->';

/** A page with this text between its marks. @throws Error if it has none */
export function withTables(page: string, tables: string): string {
  const [before, , after] = page.split(new RegExp(`(?<=${BEGIN})([\\s\\S]*)(?=${END})`));
  if (before === undefined || after === undefined)
    throw new Error(`a page lacks the marks ${BEGIN} and ${END}`);
  return `${before}\n${tables}\n${after}`;
}

function settingsTables(): string {
  const parts = Object.entries(FEATURES).map(([heading, settings]) => {
    const rows = Object.entries(settings).map(settingRow);
    return [
      `## ${heading}`,
      '',
      '| variable | default | allowed values | |',
      '|---|---|---|---|',
      ...rows,
      '',
    ];
  });
  return `\n${parts.flat().join('\n')}`;
}

function settingRow([name, schema]: [string, TSchema]): string {
  const { default: value, strict, minimum, maximum, anyOf, expected, description } = schema;
  const shown = (it: unknown) => (Array.isArray(it) || it === '' ? 'none' : `\`${it}\``);
  const usual = strict === undefined ? shown(value) : `${shown(value)}, strict ${shown(strict)}`;
  const range = KindGuard.IsInteger(schema) ? `${minimum} to ${maximum}` : undefined;
  const choice = anyOf?.map((one: TSchema) => `\`${one['const']}\``).join(', ');
  return `| \`${name}\` | ${usual} | ${range ?? choice ?? expected ?? 'text'} | ${description} |`;
}

function problemTable(): string {
  const rows = Object.entries(PROBLEMS)
    .sort(([, a], [, b]) => a.status - b.status)
    .map(([code, { status, title, detail }]) => {
      const answered = code === 'injected_fault' ? `${status}, or as set` : status;
      return `| \`${code}\` | ${answered} | ${title} | ${detail} |`;
    });
  return ['', '| `code` | status | meaning | what to do |', '|---|---|---|---|', ...rows, ''].join('\n');
}

if (import.meta.main)
  for (const [path, tables] of Object.entries(TABLES)) {
    const file = Bun.file(join(import.meta.dir, '../..', path));
    await file.write(withTables(await file.text(), tables()));
  }
