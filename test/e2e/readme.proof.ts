import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { $ } from 'bun';
import { listening } from '../support/process.ts';

const readme = await Bun.file(join(import.meta.dir, '../../README.md')).text();

/** Hides what differs from run to run: ids, drawn codes and times. */
const mask = (text: string) =>
  text
    .replace(/"id":"[\w-]+"/g, '"id":"…"')
    .replace(/"code":"\d{6}"/g, '"code":"…"')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…');

test('every command in the README that shows its output prints that output', async () => {
  using service = await listening();
  const { url } = service;
  const shown = [...readme.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block.trimEnd().split(/^\$ /m).slice(1),
  );
  expect(shown.length).toBeGreaterThan(8);
  for (const example of shown) {
    const [command = '', ...answer] = example.trimEnd().split('\n');
    const { stdout } = await $`sh -c ${command.replace('localhost:8080', url)}`.quiet();
    expect(mask(stdout.toString()), command).toBe(mask(answer.join('\n')));
  }
}, 120_000);
