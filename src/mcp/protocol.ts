import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { version } from '../../package.json';
import type { Send, Tool } from './tools.ts';

/** The revision without a handshake: each request names it, in its body and in a header. */
const STATELESS = '2026-07-28';

/** Revisions that begin with `initialize`, newest first. Earlier ones require batches. */
const WITH_HANDSHAKE = ['2025-11-25', '2025-06-18'] as const;

const SUPPORTED: readonly string[] = [STATELESS, ...WITH_HANDSHAKE];

/** JSON-RPC 2.0, section 5.1, and two errors of the Model Context Protocol. */
const ERRORS = {
  parseError: { code: -32_700, status: 400 },
  invalidRequest: { code: -32_600, status: 400 },
  methodNotFound: { code: -32_601, status: 200 },
  invalidParams: { code: -32_602, status: 200 },
  headerMismatch: { code: -32_020, status: 400 },
  unsupportedVersion: { code: -32_022, status: 400 },
};

const SERVER = { name: 'mock-otp-service', version };
const META = { 'io.modelcontextprotocol/serverInfo': SERVER };
const ABOUT = {
  capabilities: { tools: {} },
  instructions:
    'A mock one-time-password service, for testing logins. Let the application under test request a code, read it with wait_for_code, and enter it there. request_code and verify_code are the calls that the application makes. advance_clock expires codes without waiting, inject_fault makes calls fail, and reset forgets everything.',
};

/** A client asks again each time: a restart may change the limits in a tool's schema. */
const UNCACHED = { ttlMs: 0, cacheScope: 'private' };

const Id = Type.Union([Type.String(), Type.Integer()]);
const Message = Type.Object({
  jsonrpc: Type.Literal('2.0'),
  id: Type.Optional(Id),
  method: Type.String(),
  params: Type.Optional(Type.Unknown()),
});

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const Params = Type.Object({
  _meta: Type.Optional(Type.Object({ [VERSION_KEY]: Type.Optional(Type.String()) })),
  protocolVersion: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  arguments: Type.Optional(Type.Unsafe<Readonly<Record<string, unknown>>>(Type.Object({}))),
});

/** A request, with the revision that its body names. */
interface Call {
  readonly id: Static<typeof Id>;
  readonly method: string;
  readonly params: Static<typeof Params>;
  readonly revision: string | undefined;
}

/**
 * Answers one message of the Model Context Protocol. Each is judged alone: there are no sessions.
 *
 * @param message the body as JSON, not checked
 * @param headers of the HTTP request
 */
export async function answer(
  message: unknown,
  headers: Headers,
  tools: readonly Tool[],
  send: Send,
): Promise<Response> {
  if (!Value.Check(Message, message))
    return failure(null, 'invalidRequest', 'Send one JSON-RPC 2.0 message, with a method.');
  const { id, method, params = {} } = message;
  if (id === undefined) return new Response(null, { status: 202 });
  if (!Value.Check(Params, params)) return failure(id, 'invalidParams', 'A parameter has the wrong type.');
  const call = { id, method, params, revision: params._meta?.[VERSION_KEY] };
  return refuse(call, headers) ?? perform(call, tools, send);
}

/** Refuses a request in a revision that is not spoken here, and one whose headers do not repeat its body. */
function refuse({ id, method, params, revision }: Call, headers: Headers): Response | undefined {
  if (method === 'initialize') return undefined;
  const requested = headers.get('mcp-protocol-version') ?? revision;
  if (requested !== undefined && !SUPPORTED.includes(requested))
    return failure(id, 'unsupportedVersion', 'Unsupported protocol version', {
      data: { supported: SUPPORTED, requested: requested.slice(0, 64) },
    });
  if (revision === undefined && requested !== STATELESS) return undefined;
  const repeated = { 'mcp-protocol-version': revision ?? '', 'mcp-method': method, 'mcp-name': params.name };
  for (const [header, value] of Object.entries(repeated)) {
    if (value !== undefined && decode(headers.get(header)) !== value)
      return failure(id, 'headerMismatch', `The header ${header} must repeat the value in the body.`);
  }
  return undefined;
}

/** A header's value. Base64 carries what ASCII can't. */
function decode(value: string | null): string | null {
  const [, encoded] = /^=\?base64\?(.*)\?=$/.exec(value ?? '') ?? [];
  return encoded === undefined ? value : Buffer.from(encoded, 'base64').toString();
}

async function perform(call: Call, tools: readonly Tool[], send: Send): Promise<Response> {
  const { id, method, params, revision } = call;
  switch (method) {
    case 'initialize': {
      const { protocolVersion: wanted } = params;
      const protocolVersion = WITH_HANDSHAKE.find((known) => known === wanted) ?? WITH_HANDSHAKE[0];
      return success(call, { protocolVersion, serverInfo: SERVER, ...ABOUT });
    }
    case 'server/discover':
      return success(call, { supportedVersions: SUPPORTED, ...ABOUT, ...UNCACHED });
    case 'ping':
      return success(call, {});
    case 'tools/list':
      return success(call, { tools: tools.map(({ definition }) => definition), ...UNCACHED });
    case 'tools/call': {
      const tool = tools.find(({ definition }) => definition.name === params.name);
      if (tool !== undefined) return success(call, await tool.call(params.arguments ?? {}, send));
      const names = tools.map(({ definition }) => definition.name).join(', ');
      return failure(id, 'invalidParams', `There is no such tool. The tools are ${names}.`);
    }
    default:
      // To a client with a handshake, 404 would mean that its session has ended.
      return failure(id, 'methodNotFound', 'There is no such method.', revision ? { status: 404 } : {});
  }
}

function success({ id, revision }: Call, result: object): Response {
  // With a handshake, clients refuse an answer to ping that has any field.
  const common = revision === undefined ? {} : { resultType: 'complete', _meta: META };
  return Response.json({ jsonrpc: '2.0', id, result: { ...common, ...result } });
}

/** @param id null for a message that has none that can be read */
export function failure(
  id: Call['id'] | null,
  kind: keyof typeof ERRORS,
  message: string,
  { status = ERRORS[kind].status, data }: { status?: number; data?: object } = {},
): Response {
  return Response.json({ jsonrpc: '2.0', id, error: { code: ERRORS[kind].code, message, data } }, { status });
}
