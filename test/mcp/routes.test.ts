import { describe, expect, spyOn, test } from 'bun:test';
import fc from 'fast-check';
import { IDLE_TIMEOUT_S } from '../../src/http/idle-timeout.ts';
import { testService } from '../support/api.ts';
import { channelOf } from '../support/channel.ts';

const KEY = 'k'.repeat(32);
const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };
const resetCall = { ...PING, method: 'tools/call', params: { name: 'reset' } };

const { post, send } = testService();

describe('/mcp', () => {
  test('is not there in strict mode', async () => {
    const env = { OTP_MODE: 'strict', OTP_API_KEYS: KEY, OTP_METRICS_KEYS: 'm'.repeat(32) };
    const strict = testService(env, [channelOf(async () => {})]);
    const answer = await strict.post('/mcp', PING, { authorization: `Bearer ${KEY}` });
    expect([answer.status, answer.body['code']]).toEqual([404, 'not_found']);
  });

  test.each(['GET', 'DELETE', 'PUT', 'HEAD'])('takes POST alone: %s is 405', async (method) => {
    const answer = await send('/mcp', { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test.each([
    [{ origin: 'http://evil.example' }, 403, 'forbidden_origin'],
    [{ host: 'evil.example' }, 403, 'forbidden_host'],
    [{ 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
  ])('refuses a request as the levers do: %j', async (headers, status, code) => {
    const answers = [await post('/mcp', PING, headers), await post('/mock/reset', {}, headers)];
    for (const answer of answers) expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });

  test('refuses more than 16 KiB, and any query', async () => {
    const long = await post('/mcp', { ...PING, params: { text: 'x'.repeat(16 * 1_024) } });
    expect([long.status, long.body['code']]).toEqual([413, 'body_too_large']);
    const query = await post('/mcp?key=1', PING);
    expect([query.status, query.body['code']]).toEqual([400, 'invalid_request']);
  });

  test('requires a key where the levers do, and a tool passes it on', async () => {
    const keyed = testService({ OTP_API_KEYS: KEY });
    for (const authorization of ['', `Bearer ${'x'.repeat(32)}`]) {
      const refused = await keyed.post('/mcp', PING, { authorization });
      expect([refused.status, refused.body['code']]).toEqual([401, 'unauthorized']);
    }
    const { body } = await keyed.post('/mcp', resetCall, { authorization: `Bearer ${KEY}` });
    expect(body['result']).toMatchObject({ isError: false });
  });

  test('lets a web page call it whose origin is allowed, and stands in no OpenAPI document', async () => {
    const open = testService({ OTP_ALLOWED_ORIGINS: 'http://localhost:5173' });
    const answer = await open.post('/mcp', resetCall, { origin: 'http://localhost:5173' });
    expect(answer.body['result']).toMatchObject({ isError: false });
    expect((await send('/swagger/json')).text).not.toContain('/mcp');
  });

  test('sets the headers of every answer', async () => {
    const { headers } = await post('/mcp', PING, { 'x-request-id': 'agent-7' });
    expect(headers.get('content-type')).toStartWith('application/json');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-request-id')).toBe('agent-7');
  });

  test('lets a tool wait for longer than a connection may be idle, and no longer than the tool', async () => {
    const { service } = testService({ HOST: '127.0.0.1', PORT: '0' });
    const url = await service.listen();
    const { server } = service.app;
    if (server === null) throw new Error('a service that listens has a server');
    const timeout = spyOn(server, 'timeout');
    const headers = { 'content-type': 'application/json' };
    await fetch(`${url}/mcp`, { method: 'POST', headers, body: JSON.stringify(resetCall) });
    const seconds = timeout.mock.calls.map(([request, set]) => [request.url, set]);
    expect(seconds).toEqual([
      [`${url}/mcp`, 0],
      [`${url}/mcp`, IDLE_TIMEOUT_S],
    ]);
    await service.stop();
  });

  test('ends a wait when its client has gone', async () => {
    const leaving = new AbortController();
    const call = {
      ...PING,
      method: 'tools/call',
      params: { name: 'wait_for_code', arguments: { user: 'alice' } },
    };
    const headers = { 'content-type': 'application/json' };
    const waiting = send('/mcp', {
      method: 'POST',
      headers,
      body: JSON.stringify(call),
      signal: leaving.signal,
    });
    setImmediate(() => leaving.abort());
    expect((await waiting).body['result']).toMatchObject({ isError: true });
  });

  test('answers garbage with less than 500 and a short text', async () => {
    const name = fc.constantFrom(
      'reset',
      'verify_code',
      'wait_for_code',
      'advance_clock',
      'inject_fault',
      'x',
    );
    const given = fc.dictionary(
      fc.constantFrom('user', 'code', 'advance', 'set', 'timeout', 'faults', 'after', '__proto__'),
      fc.oneof(fc.jsonValue(), fc.string()),
    );
    const params = fc.oneof(fc.jsonValue(), fc.record({ name, arguments: fc.oneof(given, fc.jsonValue()) }));
    const method = fc.oneof(fc.constantFrom('initialize', 'tools/list', 'tools/call', 'x'), fc.string());
    const id = fc.oneof(fc.constant(1), fc.jsonValue());
    const request = fc.record({ jsonrpc: fc.constant('2.0'), id, method, params }, { requiredKeys: [] });
    const body = fc.oneof(request, fc.jsonValue()).map((it) => JSON.stringify(it));
    // Waits end at once.
    const signal = AbortSignal.abort();
    await fc.assert(
      fc.asyncProperty(fc.oneof(body, fc.string(), fc.json()), async (text) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await send('/mcp', { method: 'POST', headers, body: text, signal });
        expect(answer.status).toBeLessThan(500);
        if (!answer.text.includes('inputSchema')) expect(answer.text.length).toBeLessThan(4_096);
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ['params', (deep: string) => `"params":${deep}`],
    ['an argument', (deep: string) => `"params":{"name":"reset","arguments":{"user":${deep}}}`],
  ])('answers 7,000 brackets in each other with less than 500: %s', async (_, within) => {
    const deep = '['.repeat(7_000) + ']'.repeat(7_000);
    const { status } = await post('/mcp', `{"jsonrpc":"2.0","id":1,"method":"tools/call",${within(deep)}}`);
    expect(status).toBe(200);
  });
});
