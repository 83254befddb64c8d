import { expect, test } from 'bun:test';
import { join } from 'node:path';

const USERS = 2_000_000;

test('two floods of 2,000,000 distinct users, one after the other, stay under 1 GiB of resident memory', async () => {
  const process = Bun.spawn(
    [globalThis.process.execPath, join(import.meta.dir, 'flood-process.ts'), String(USERS)],
    {
      // As `bun start` and the image set it.
      env: { PATH: globalThis.process.env['PATH'] ?? '', BUN_JSC_forceRAMSize: '536870912' },
      stdout: 'pipe',
    },
  );
  const lines = (await new Response(process.stdout).text()).trimEnd().split('\n');
  console.log(lines.join('\n'));
  const floods = lines.map((line) => JSON.parse(line));
  expect(floods).toHaveLength(2);
  for (const { statuses, records, verified, left, megabytes } of floods) {
    // One record is the earlier code's: so many fit beside it, and the last user is one too many.
    expect(statuses).toEqual({ 200: USERS - 1, 503: 1 });
    expect(records).toBe(USERS);
    expect(verified).toBe(200);
    expect(left).toBe(0);
    expect(megabytes).toBeLessThan(1_024);
  }
}, 1_800_000);
