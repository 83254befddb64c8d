import { expect, test } from 'bun:test';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { testService } from '../support/api.ts';

const PAGE = 'http://localhost:5173';

/** Headers that a page may send without asking: the Fetch standard, section 2.2.2. A type of JSON is not among them. */
const SAFELISTED = ['accept'];

/** Calls the service as a browser does for a page: a preflight first, which must allow each header that is not safe. */
function browserFetch(handle: (request: Request) => Promise<Response>) {
  return async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(url, init);
    request.headers.set('origin', PAGE);
    const names = [...request.headers.keys()].filter((name) => name !== 'origin');
    const asked = { origin: PAGE, 'access-control-request-method': request.method };
    const { headers } = await handle(new Request(url, { method: 'OPTIONS', headers: asked }));
    const allowed = [...SAFELISTED, ...(headers.get('access-control-allow-headers') ?? '').split(', ')];
    const refused = names.filter((name) => !allowed.includes(name));
    if (refused.length > 0) throw new TypeError(`the preflight refuses ${refused}`);
    const answer = await handle(request);
    if (answer.headers.get('access-control-allow-origin') !== PAGE)
      throw new TypeError('it may not read that');
    return answer;
  };
}

test.each([
  ['2025-11-25', 'legacy'],
  ['2026-07-28', { pin: '2026-07-28' }],
] as const)(
  'a web page whose origin is allowed can run the official MCP client, in revision %s',
  async (revision, mode) => {
    const { service } = testService({ OTP_ALLOWED_ORIGINS: PAGE, OTP_API_KEYS: 'k'.repeat(32) });
    const client = new Client({ name: 'page', version: '1.0.0' }, { versionNegotiation: { mode } });
    const errors: Error[] = [];
    client.onerror = (error) => errors.push(error);
    const transport = new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), {
      fetch: browserFetch((request) => service.app.handle(request)),
      requestInit: { headers: { authorization: `Bearer ${'k'.repeat(32)}` } },
    });
    await client.connect(transport);
    expect(client.getNegotiatedProtocolVersion()).toBe(revision);
    expect(await client.callTool({ name: 'reset', arguments: {} })).toMatchObject({ isError: false });
    await client.close();
    expect(errors).toEqual([]);
  },
);
