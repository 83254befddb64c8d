import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'bun';
import { listening } from '../support/process.ts';

/**
 * The official SDKs of Twilio, Vonage and Prelude, unchanged, against the service. They are installed into a folder of
 * their own: nobody who works on the service needs their 80 MB.
 */
const redirect = join(import.meta.dir, '../../src/redirect/redirect.cjs');

setDefaultTimeout(180_000);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sdk-'));
  await cp(join(import.meta.dir, 'sdk'), folder, { recursive: true });
  // Not the whole environment: a test that `npx` started has settings of npm that this install refuses.
  const { PATH = '', HOME = '', npm_config_registry: registry } = process.env;
  const env = { PATH, HOME, ...(registry && { npm_config_registry: registry }) };
  await $`npm install --no-audit --no-fund --ignore-scripts`.cwd(folder).env(env).quiet();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const twilio = {
  start: 'pending 1',
  dates: true,
  resend: 'true call 2',
  wrong: Array(5).fill('pending false'),
  sixth: '429 60202',
  readAfter: 'max_attempts_reached',
  expired: '404 20404',
  right: 'approved true',
  rightAgain: '404 20404',
  cancel: 'canceled',
  readByNumber: 'canceled',
  fault: '429 60203',
  fixed: 'approved true',
  text: 'Your code is 4711 — ok? 4711',
  eightDigits: true,
};
const EXPECTED = [
  { sdk: 'twilio 4', steps: twilio },
  { sdk: 'twilio 5', steps: twilio },
  { sdk: 'twilio 6', steps: twilio },
  {
    sdk: 'vonage',
    steps: {
      start: 'string',
      concurrent: 409,
      nextByClock: 'voice true',
      wrong: 400,
      right: 'completed',
      rightAgain: 404,
      next: true,
      noNext: false,
      tooMany: [400, 400, 410],
      cancel: true,
      cancelAgain: false,
      expired: 404,
      fault: 429,
      fixed: 'completed',
    },
  },
  {
    sdk: 'prelude',
    steps: {
      start: 'success',
      resend: 'retry true',
      wrong: Array(5).fill('failure'),
      sixth: 429,
      expired: 'expired_or_not_found',
      right: 'success',
      rightAgain: 'expired_or_not_found',
      fault: 400,
      fixed: 'success',
    },
  },
];

/** Runs the scenarios against a service of their own. @returns what the SDKs answered */
async function run(...command: string[]): Promise<unknown[]> {
  using service = await listening();
  const child = Bun.spawn(command, {
    cwd: folder,
    env: { PATH: process.env['PATH'], OTP_MOCK_URL: service.url },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [out, err, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect(status, err).toBe(0);
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('the official SDKs of Twilio, Vonage and Prelude', () => {
  test('work on Node with nothing but the preload', async () => {
    expect(await run('node', '--require', redirect, 'scenarios.js')).toEqual(EXPECTED);
  });

  test('work on Node with their option for the address', async () => {
    expect(await run('node', 'scenarios.js', '--by-option')).toEqual(EXPECTED);
  });

  test('work on Bun with their option for the address', async () => {
    expect(await run(process.execPath, 'scenarios.js', '--by-option')).toEqual(EXPECTED);
  });
});
