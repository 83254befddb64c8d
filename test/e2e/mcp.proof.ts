import { expect, test } from 'bun:test';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { listening } from '../support/process.ts';

/** Starts the examples' application, as they do. Disposing ends it. */
async function startLoginApp(otpUrl: string) {
  const program = `import { startLoginApp } from './examples/playwright/login-app.js';
    console.log((await startLoginApp({ otpUrl: '${otpUrl}' })).url);`;
  const child = Bun.spawn([process.execPath, '-e', program], { stdout: 'pipe' });
  const { value } = await child.stdout.getReader().read();
  return { url: new TextDecoder().decode(value).trim(), [Symbol.dispose]: () => child.kill() };
}

test.each([
  ['2025-11-25', 'legacy'],
  ['2026-07-28', { pin: '2026-07-28' }],
] as const)(
  'the official MCP client, in revision %s, lists the tools and completes a login of the example application',
  async (revision, mode) => {
    using service = await listening();
    using app = await startLoginApp(service.url);
    const submit = async (path: string, fields: Record<string, string>) =>
      (await fetch(new URL(path, app.url), { method: 'POST', body: new URLSearchParams(fields) })).text();

    const client = new Client({ name: 'proof', version: '1.0.0' }, { versionNegotiation: { mode } });
    const errors: Error[] = [];
    client.onerror = (error) => errors.push(error);
    const use = async (name: string, given: Record<string, unknown> = {}) => {
      const { structuredContent } = await client.callTool({ name, arguments: given });
      return JSON.parse(JSON.stringify(structuredContent));
    };
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', service.url)));
    expect(client.getNegotiatedProtocolVersion()).toBe(revision);
    expect(client.getServerVersion()).toMatchObject({ name: 'mock-otp-service' });
    expect(client.getInstructions()).toContain('wait_for_code');

    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'request_code',
      'wait_for_code',
      'verify_code',
      'advance_clock',
      'inject_fault',
      'reset',
    ]);

    const user = '+15550021';
    const wanted = { user };
    await use('inject_fault', { faults: [{ on: 'request', user, times: 1, status: 503 }] });
    expect(await submit('/code', { user })).toContain('We cannot send a code right now.');

    await submit('/code', { user });
    const late = await use('wait_for_code', wanted);
    await use('advance_clock', { advance: 301 });
    expect(await submit('/login', { user, code: late.code })).toContain('Your code has expired');

    const waiting = use('wait_for_code', { ...wanted, after: late.id });
    await submit('/code', { user });
    const { code } = await waiting;
    expect(await submit('/login', { user, code })).toContain(`Welcome, ${user}`);

    expect(await use('verify_code', { ...wanted, code })).toMatchObject({ code: 'no_code' });
    expect(await use('reset')).toEqual({ message: 'Reset' });
    await client.close();
    expect(errors).toEqual([]);
  },
);
