import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readCommandLine } from '../../src/cli/command-line.ts';
import { ClientError, runClient } from '../../src/cli/run-client.ts';
import { createService } from '../../src/service.ts';

const KEY = 'k'.repeat(32);
const service = createService({ HOST: '127.0.0.1', PORT: '0', OTP_API_KEYS: KEY });
let url = '';
beforeAll(async () => {
  url = await service.listen();
});
afterAll(() => service.stop());

/** What a command prints, or the message of its failure. */
async function run(line: string, more = ['--url', url, '--key', KEY]): Promise<string> {
  const command = readCommandLine([...line.split(' '), ...more]);
  if (command.name !== 'client') throw new Error('it is no client command');
  return runClient(command).catch((error: unknown) => {
    if (error instanceof ClientError) return `failed: ${error.message}`;
    throw error;
  });
}

describe('a command for a running service', () => {
  test('prints the code alone, verifies it once, and moves the clock', async () => {
    expect(await run('request --user alice --code 012345 --ttl 60')).toBe('012345');
    expect(await run('wait --user alice')).toBe('012345');
    expect(await run('verify --user alice --code 012345')).toBe('OTP verified successfully');
    expect(await run('verify --user alice --code 012345')).toStartWith(
      'failed: There is no code for that user',
    );
    await run('request --user bob --code 111111');
    const before = Date.now();
    expect(Date.parse(await run('clock advance 301'))).toBeGreaterThanOrEqual(before + 301_000);
    expect(await run('verify --user bob --code 111111')).toStartWith('failed: This code has expired');
    expect(await run('reset')).toBe('Reset');
  });

  test("fails with the service's own words, field by field", async () => {
    expect(await run('request --user alice --ttl soon --code 1')).toBe(
      'failed: /ttl must be a whole number from 1 to 3600\n/code must be a string of 4 to 10 ASCII digits',
    );
    expect(await run('reset', ['--url', url])).toStartWith('failed: This endpoint requires an API key.');
  });

  test('fails with what to do where no service, or none of ours, answers', async () => {
    using other = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('hello') });
    const at = (port: number | undefined) => ['--url', `http://127.0.0.1:${port}`];
    expect(await run('reset', at(other.port))).toBe(
      `failed: What answers at http://127.0.0.1:${other.port} is no mock-otp-service.`,
    );
    const { port } = other;
    other.stop(true);
    expect(await run('reset', at(port))).toStartWith(
      `failed: No service answers at http://127.0.0.1:${port}.`,
    );
  });
});
