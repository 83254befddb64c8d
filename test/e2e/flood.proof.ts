import { expect, test } from 'bun:test';
import { join } from 'node:path';

const USERS = 2_000_000;

test('the service stays under 1 GiB of memory in two floods of 2,000,000 distinct users each', async () => {
  const process = Bun.spawn(
    [globalThis.process.execPath, join(import.meta.dir, 'flood-process.ts'), String(USERS)],
    {
      // As `bun start` and the image do.
      env: { PATH: globalThis.process.env['PATH'] ?? '', BUN_JSC_forceRAMSize: '536870912' },
      stdout: 'pipe',
    },
  );
  const lines = (await new Response(process.stdout).text()).trimEnd().split('\n');
  console.log(lines.join('\n'));
  const floods = lines.map((line) => JSON.parse(line));
  expect(floods).toHaveLength(2);
  for (const { statuses, records, verified, left, megabytes } of floods) {
    // The earlier code takes one record, so there is no room for the last user.
    expect(statuses).toEqual({ 200: USERS - 1, 503: 1 });
    expect(records).toBe(USERS);
    expect(verified).toBe(200);
    expect(left).toBe(0);
    expect(megabytes).toBeLessThan(1_024);
  }
}, 1_800_000);
