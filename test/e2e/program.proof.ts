import { expect, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applicationFolder, REFUSAL, refusalIn } from '../support/application.ts';

const program = join(import.meta.dir, '../../bin/mock-otp-service.js');

test('the program takes no settings and no code from the folder that it is started in', async () => {
  await using folder = await applicationFolder();
  const empty = join(folder.path, 'empty.toml');
  await writeFile(empty, '');
  // Bun runs the program as Node would, which reads neither file.
  const asNode = [process.execPath, '--no-env-file', `--config=${empty}`];
  expect(await refusalIn(folder.path, [...asNode, program])).toBe(REFUSAL);
});
