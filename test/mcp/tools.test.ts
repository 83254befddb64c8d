import { describe, expect, test } from 'bun:test';
import { Ajv2020 } from 'ajv/dist/2020';
import { type TestService, testService } from '../support/api.ts';

const NAMES = [
  'request_code',
  'wait_for_code',
  'verify_code',
  'advance_clock',
  'inject_fault',
  'reset',
] as const;

const message = (method: string, params?: object) => ({ jsonrpc: '2.0', id: 1, method, params });
const toolCall = (name: string, given?: object) => message('tools/call', { name, arguments: given });

/** Calls a tool. @returns its result */
async function use(
  { post }: Pick<TestService, 'post'>,
  name: (typeof NAMES)[number],
  given?: object,
  headers = {},
) {
  const { status, body } = await post('/mcp', toolCall(name, given), headers);
  expect([status, body['jsonrpc'], body['id'], body['error']]).toEqual([200, '2.0', 1, undefined]);
  const { content, structuredContent, isError } = JSON.parse(JSON.stringify(body['result']));
  return { text: String(content[0].text), json: structuredContent, isError };
}

const { post, send } = testService();

describe('tools/list', () => {
  interface Listed {
    readonly name: string;
    readonly title: string;
    readonly description: string;
    readonly inputSchema: object;
    readonly annotations: object;
  }
  const list = async (): Promise<Listed[]> => {
    const { body } = await post('/mcp', message('tools/list'));
    return JSON.parse(JSON.stringify(body['result'])).tools;
  };

  test('shows six tools, of which only wait_for_code changes nothing', async () => {
    const tools = await list();
    expect(tools.map(({ name }) => name)).toEqual([...NAMES]);
    const reading = tools.filter(
      ({ annotations }) => JSON.stringify(annotations) === '{"readOnlyHint":true}',
    );
    expect(reading.map(({ name }) => name)).toEqual(['wait_for_code']);
  });

  test('describes a tool in the words of its route', async () => {
    const { body } = await send('/swagger/json');
    const { paths } = JSON.parse(JSON.stringify(body));
    const routes = [
      paths['/otp/request'].post,
      paths['/mock/inbox/wait'].get,
      paths['/otp/verify'].post,
      paths['/mock/clock'].post,
      paths['/mock/faults'].put,
      paths['/mock/reset'].post,
    ];
    for (const [i, { title, description }] of (await list()).entries()) {
      const { summary, description: more } = routes[i];
      expect([title, description]).toEqual([summary, `${summary}. ${more}`]);
    }
  });

  test.each([
    ['request_code', { user: 'alice', ttl: 60 }, { user: 'alice', ttl: '60' }],
    ['wait_for_code', { user: 'alice', timeout: 0 }, { user: 'alice', timeout: '0' }],
    ['verify_code', { user: 'alice', code: '0421' }, { user: 'alice', code: 421 }],
    ['advance_clock', { advance: 301 }, { advance: 301, freeze: true }],
    ['inject_fault', { faults: [{ on: 'verify', status: 503 }] }, { faults: [{ on: 'nothing' }] }],
    ['reset', {}, { usr: 'alice' }],
  ] as const)(
    'gives %s a strict JSON schema that tells right arguments from wrong ones, as the tool does',
    async (name, right, wrong) => {
      const tool = (await list()).find((it) => it.name === name);
      const ajv = new Ajv2020({ formats: { 'date-time': true } });
      const accepts = ajv.compile({ ...tool?.inputSchema });
      expect([accepts(right), accepts(wrong)]).toEqual([true, false]);
      const fresh = testService();
      const codes = [right, wrong].map(async (given) => (await use(fresh, name, given)).json.code);
      const [whenRight, whenWrong] = await Promise.all(codes);
      expect(whenRight).not.toBe('invalid_request');
      expect(whenWrong).toBe('invalid_request');
    },
  );
});

describe('tools/call', () => {
  test('request_code, wait_for_code and verify_code do a login, and answer as their routes do', async () => {
    const requested = await use({ post }, 'request_code', { user: 'alice', purpose: 'login' });
    expect(requested).toMatchObject({ isError: false, json: { user: 'alice', purpose: 'login' } });
    expect(JSON.parse(requested.text)).toEqual(requested.json);
    const { json: received } = await use({ post }, 'wait_for_code', { user: 'alice' });
    const { body } = await send('/mock/inbox/wait?user=alice');
    expect(received).toEqual(body);
    const given = { user: 'alice', purpose: 'login', code: received.code };
    expect((await use({ post }, 'verify_code', given)).isError).toBe(false);
    const again = await use({ post }, 'verify_code', given);
    expect(again).toMatchObject({ isError: true, json: { code: 'no_code', status: 404 } });
    expect(JSON.parse(again.text)).toEqual(again.json);
  });

  test('wait_for_code waits for a code that is requested later, and passes each argument on as it is', async () => {
    const user = 'a&b=c+d %é';
    const waiting = use({ post }, 'wait_for_code', { user, purpose: 'x&y', after: '0', timeout: 60 });
    await post('/otp/request', { user, purpose: 'x' });
    await post('/otp/request', { user, purpose: 'x&y', code: '042137' });
    expect(await waiting).toMatchObject({ isError: false, json: { user, purpose: 'x&y', code: '042137' } });
  });

  test('wait_for_code tells when no code came in time', async () => {
    const result = await use({ post }, 'wait_for_code', { user: 'nobody', timeout: 0 });
    expect(result).toMatchObject({ isError: true, json: { code: 'no_message' } });
  });

  test('wait_for_code takes no other type for text', async () => {
    await post('/otp/request', { user: '5' });
    const { isError, json } = await use({ post }, 'wait_for_code', { user: 5, timeout: 0 });
    expect([isError, json.code, json.errors[0].field]).toEqual([true, 'invalid_request', '/user']);
  });

  test('a wrong code tells how many attempts are left', async () => {
    await post('/otp/request', { user: 'bob', code: '042137' });
    const { isError, json } = await use({ post }, 'verify_code', { user: 'bob', code: '0000' });
    expect([isError, json.code, json.attemptsLeft]).toEqual([true, 'invalid_code', 4]);
  });

  test('advance_clock expires a code', async () => {
    const fresh = testService();
    await use(fresh, 'request_code', { user: 'alice', code: '042137' });
    const moved = await use(fresh, 'advance_clock', { advance: 301 });
    expect(moved).toMatchObject({ isError: false, json: { offset: 301, expired: 1 } });
    const { json } = await use(fresh, 'verify_code', { user: 'alice', code: '042137' });
    expect(json.code).toBe('code_expired');
  });

  test('inject_fault strikes the tools as it strikes the application, and an empty list removes the faults', async () => {
    const fresh = testService();
    const faults = [{ on: 'request', user: 'alice', status: 503 }];
    expect(await use(fresh, 'inject_fault', { faults })).toMatchObject({ isError: false, json: { faults } });
    const struck = await use(fresh, 'request_code', { user: 'alice' });
    expect(struck).toMatchObject({ isError: true, json: { code: 'injected_fault', status: 503 } });
    expect((await fresh.post('/otp/request', { user: 'alice' })).status).toBe(503);
    expect(await use(fresh, 'inject_fault', { faults: [] })).toMatchObject({ json: { faults: [] } });
    expect((await use(fresh, 'request_code', { user: 'alice' })).isError).toBe(false);
  });

  test('a fault that contradicts itself is refused with the reason', async () => {
    const faults = [{ on: 'request', drop: true, status: 503 }];
    const { isError, json } = await use({ post }, 'inject_fault', { faults });
    expect([isError, json.errors[0].detail]).toEqual([
      true,
      'must not be true together with status or error',
    ]);
  });

  test('a call whose connection a fault breaks off is an error that says so', async () => {
    const fresh = testService();
    await use(fresh, 'inject_fault', { faults: [{ on: 'request', drop: true, times: 1 }] });
    const { body } = await fresh.post('/mcp', toolCall('request_code', { user: 'alice' }));
    const content = [{ type: 'text', text: 'The connection closed without an answer.' }];
    expect(body['result']).toMatchObject({ content, isError: true });
  });

  test('reset forgets one user, or everything, also without arguments', async () => {
    const fresh = testService();
    const login = (user: string) => use(fresh, 'verify_code', { user, code: '042137' });
    for (const user of ['alice', 'bob', 'carol']) await fresh.post('/otp/request', { user, code: '042137' });
    await use(fresh, 'reset', { user: 'alice' });
    expect((await login('alice')).json.code).toBe('no_code');
    expect((await login('bob')).isError).toBe(false);
    await use(fresh, 'reset');
    expect((await login('carol')).json.code).toBe('no_code');
  });

  test('limits hold, and a problem keeps its own fields', async () => {
    const limited = testService({ OTP_RESEND_COOLDOWN: '30' });
    expect((await use(limited, 'request_code', { user: 'alice' })).isError).toBe(false);
    const { isError, json } = await use(limited, 'request_code', { user: 'alice' });
    expect([isError, json.code, json.retryAfter]).toEqual([true, 'resend_cooldown', 30]);
  });

  test('the metrics count the tool call as a call of its route, and the log gives both the same request id', async () => {
    const fresh = testService({ LOG_LEVEL: 'debug' });
    await use(fresh, 'request_code', { user: 'alice' }, { 'x-request-id': 'agent-7' });
    const { text } = await fresh.send('/metrics');
    for (const route of ['/otp/request', '/mcp'])
      expect(text).toContain(`count{route="${route}",method="POST",status="200"} 1`);
    await fresh.clock.settle();
    const requestId = 'agent-7';
    expect(fresh.log().slice(0, 3)).toMatchObject([
      { message: 'otp.requested', requestId },
      { message: 'http.request', route: '/otp/request', requestId },
      { message: 'http.request', route: '/mcp', requestId },
    ]);
  });
});
