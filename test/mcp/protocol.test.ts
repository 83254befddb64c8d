import { describe, expect, test } from 'bun:test';
import { testService } from '../support/api.ts';

const message = (method: string, params?: unknown) => ({ jsonrpc: '2.0', id: 1, method, params });

const { post } = testService();

describe('the handshake', () => {
  test.each([
    ['2025-11-25', '2025-11-25'],
    ['2025-06-18', '2025-06-18'],
    ['2025-03-26', '2025-11-25'],
    ['2026-07-28', '2025-11-25'],
    ['constructor', '2025-11-25'],
    [undefined, '2025-11-25'],
  ])('a client that asks for revision %s gets %s', async (protocolVersion, spoken) => {
    const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    const { status, body } = await post('/mcp', message('initialize', params));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      jsonrpc: '2.0',
      id: 1,
      result: {
        protocolVersion: spoken,
        capabilities: { tools: {} },
        serverInfo: { name: 'mock-otp-service' },
        instructions: expect.stringContaining('wait_for_code'),
      },
    });
  });

  test('a handshake takes place whatever revision a header names', async () => {
    const { body } = await post('/mcp', message('initialize'), { 'mcp-protocol-version': '2024-11-05' });
    expect(body['result']).toMatchObject({ protocolVersion: '2025-11-25' });
  });

  test('ping is answered with nothing but the id that the request has', async () => {
    for (const id of [0, -7, 'a', '']) {
      const { body } = await post('/mcp', { ...message('ping'), id });
      expect(body).toEqual({ jsonrpc: '2.0', id, result: {} });
    }
  });

  test('notifications are accepted without a body, also unknown ones', async () => {
    for (const method of ['notifications/initialized', 'notifications/cancelled', 'constructor']) {
      const answer = await post('/mcp', { jsonrpc: '2.0', method });
      expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([202, '', null]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });
});

describe('an error of JSON-RPC', () => {
  const call = { jsonrpc: '2.0', id: 1, method: 'ping' };

  test.each([
    ['nothing', ''],
    ['half an object', '{"jsonrpc":"2.0","id":1'],
    ['a bare word', 'ping'],
    ['a key twice in one object', '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/list"}'],
  ])('is -32700 for a body that is not JSON: %s', async (_, text) => {
    const { status, body } = await post('/mcp', text);
    expect([status, body['id'], body['error']]).toMatchObject([400, null, { code: -32_700 }]);
  });

  test.each([
    ['null', null],
    ['a number', 7],
    ['a list', []],
    ['a batch', [call]],
    ['an empty object', {}],
    ['another version', { ...call, jsonrpc: '1.0' }],
    ['no version', { id: 1, method: 'ping' }],
    ['no method', { jsonrpc: '2.0', id: 1 }],
    ['a response', { jsonrpc: '2.0', id: 1, result: {} }],
    ['a method that is no text', { ...call, method: 1 }],
    ['an id that is null', { ...call, id: null }],
    ['an id that is an object', { ...call, id: {} }],
    ['an id that is a fraction', { ...call, id: 1.5 }],
  ])('is -32600 for JSON that is no request: %s', async (_, sent) => {
    const { status, body } = await post('/mcp', JSON.stringify(sent));
    expect([status, body['id'], body['error']]).toMatchObject([400, null, { code: -32_600 }]);
  });

  test.each(['', 'tools', 'resources/list', 'tools/call ', 'constructor', '__proto__'])(
    'is -32601 for an unknown method: %j',
    async (method) => {
      const { status, body } = await post('/mcp', message(method));
      expect([status, body['id'], body['error']]).toMatchObject([200, 1, { code: -32_601 }]);
    },
  );

  test.each([
    ['tools/list', []],
    ['tools/list', null],
    ['ping', 'x'],
    ['initialize', { protocolVersion: 1 }],
    ['tools/call', undefined],
    ['tools/call', {}],
    ['tools/call', { name: 'constructor' }],
    ['tools/call', { name: 'Reset' }],
    ['tools/call', { name: ['reset'] }],
    ['tools/call', { name: 'reset', arguments: [] }],
    ['tools/call', { name: 'reset', arguments: null }],
    ['tools/call', { name: 'reset', _meta: 1 }],
  ])('is -32602 for wrong parameters: %s %j', async (method, params) => {
    const { status, body } = await post('/mcp', message(method, params));
    expect([status, body['id'], body['error']]).toMatchObject([200, 1, { code: -32_602 }]);
  });

  test('names the tools to a client that calls another', async () => {
    const { body } = await post('/mcp', message('tools/call', { name: 'verify' }));
    expect(body['error']).toMatchObject({ message: expect.stringContaining('verify_code, advance_clock') });
  });
});

describe('a request that names its revision in a header', () => {
  test.each(['2025-11-25', '2025-06-18'])('is answered in a revision with a handshake: %s', async (it) => {
    const { body } = await post('/mcp', message('ping'), { 'mcp-protocol-version': it });
    expect(body['result']).toBeDefined();
  });

  test.each(['2025-03-26', '2024-11-05', 'x', ''])(
    'is -32022 with the revisions that are spoken, if this is none of them: %j',
    async (requested) => {
      const { status, body } = await post('/mcp', message('ping'), { 'mcp-protocol-version': requested });
      const data = { supported: ['2026-07-28', '2025-11-25', '2025-06-18'], requested };
      expect([status, body['error']]).toMatchObject([400, { code: -32_022, data }]);
    },
  );
});

describe('a request without a handshake', () => {
  const VERSION = 'io.modelcontextprotocol/protocolVersion';
  const stateless = (
    method: string,
    params: object = {},
    headers: Record<string, string> = {},
    version = '2026-07-28',
  ) =>
    post('/mcp', message(method, { ...params, _meta: { [VERSION]: version } }), {
      'mcp-protocol-version': version,
      'mcp-method': method,
      ...headers,
    });

  test('discovers the server', async () => {
    const { status, body } = await stateless('server/discover');
    expect(status).toBe(200);
    expect(body['result']).toMatchObject({
      resultType: 'complete',
      supportedVersions: ['2026-07-28', '2025-11-25', '2025-06-18'],
      capabilities: { tools: {} },
      ttlMs: 0,
      cacheScope: 'private',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'mock-otp-service' } },
    });
  });

  test.each(['reset', '=?base64?cmVzZXQ=?='])('calls a tool, whose name is in a header: %s', async (name) => {
    const { status, body } = await stateless('tools/call', { name: 'reset' }, { 'mcp-name': name });
    expect([status, body['result']]).toMatchObject([200, { resultType: 'complete', isError: false }]);
  });

  test.each([
    ['another method', 'tools/list', {}, { 'mcp-method': 'tools/call' }],
    ['another letter case', 'tools/list', {}, { 'mcp-method': 'Tools/List' }],
    ['another tool', 'tools/call', { name: 'reset' }, { 'mcp-name': 'verify_code' }],
    ['another tool in Base64', 'tools/call', { name: 'reset' }, { 'mcp-name': '=?base64?eA==?=' }],
    ['no tool', 'tools/call', { name: 'reset' }, {}],
    ['another revision', 'tools/list', {}, { 'mcp-protocol-version': '2025-11-25' }],
  ])('is -32020 and has no effect, if the headers have %s', async (_, method, params, headers) => {
    const { status, body } = await stateless(method, params, headers);
    expect([status, body['id'], body['error']]).toMatchObject([400, 1, { code: -32_020 }]);
  });

  test('is -32020 if the revision is in the header alone, or in the body alone', async () => {
    const alone = await post('/mcp', message('tools/list'), {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
    });
    const params = { _meta: { [VERSION]: '2026-07-28' } };
    const without = await post('/mcp', message('tools/list', params), { 'mcp-method': 'tools/list' });
    for (const { status, body } of [alone, without])
      expect([status, body['error']]).toMatchObject([400, { code: -32_020 }]);
  });

  test('is -32022 in a revision that is not spoken, and 404 with -32601 for an unknown method', async () => {
    const unspoken = await stateless('tools/list', {}, {}, '2027-01-01');
    expect([unspoken.status, unspoken.body['error']]).toMatchObject([400, { code: -32_022 }]);
    const unknown = await stateless('resources/list');
    expect([unknown.status, unknown.body['error']]).toMatchObject([404, { code: -32_601 }]);
  });
});
