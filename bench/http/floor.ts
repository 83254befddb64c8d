import { randomInt } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { Elysia } from 'elysia';
import * as bare from './bare-codes.ts';
import { DUTIES, type Duty } from './duties.ts';

/**
 * The floor: the least that the service's duties cost on Elysia. Each duty is done once, by hand, in as few steps as
 * its promise allows. It has none of the service's settings and levers, and no structure that anyone would keep.
 *
 * Usage: DUTIES=<how many of them> bun bench/http/floor.ts
 */
const duties: readonly string[] = DUTIES.slice(0, Number(process.env['DUTIES'])).map(({ name }) => name);
const has = (duty: Duty) => duties.includes(duty);

// --- Body and headers -------------------------------------------------------------------------------------------------

const MAX_BYTES = 16 * 1_024;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const text = Type.String({ minLength: 1, maxLength: 256 });
const schema = TypeCompiler.Compile(
  Type.Object(
    {
      user: text,
      purpose: Type.Optional(text),
      code: Type.Optional(Type.String({ pattern: '^[0-9]{4,10}$' })),
    },
    { additionalProperties: false },
  ),
);

interface Body {
  readonly user: string;
  readonly purpose?: string;
  readonly code?: string;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

async function bodyOf(request: Request): Promise<Body> {
  if (!has('body')) return request.json();
  const { headers } = request;
  if (headers.get('content-type') !== 'application/json' || headers.has('content-encoding'))
    throw new Refusal(415, 'unsupported_media_type');
  const length = Number(headers.get('content-length') ?? Number.POSITIVE_INFINITY);
  if (length > MAX_BYTES) throw new Refusal(413, 'body_too_large');
  const json = utf8.decode(await request.bytes());
  const body: unknown = JSON.parse(json);
  if (!schema.Check(body)) throw new Refusal(400, 'invalid_request');
  // A valid body is flat, so each of its keys has one colon outside strings.
  if (Object.keys(body).length !== colonsIn(json)) throw new Refusal(400, 'malformed_json');
  return body;
}

function colonsIn(json: string): number {
  let colons = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const char = json.charCodeAt(i);
    if (char === 0x22) inString = !inString;
    else if (inString && char === 0x5c) i++;
    else if (!inString && char === 0x3a) colons++;
  }
  return colons;
}

let requests = 0;
let acceptedHost = '';

function nameOf({ headers }: Request): string {
  const host = headers.get('host') ?? '';
  if (host !== acceptedHost && !host.startsWith('127.0.0.1:')) throw new Refusal(403, 'forbidden_host');
  acceptedHost = host;
  if (headers.get('origin') !== null) throw new Refusal(403, 'forbidden_origin');
  requests++;
  return headers.get('x-request-id') ?? `run-r${requests}`;
}

function answer(status: number, value: object, requestId: string): Response {
  if (!has('headers')) return Response.json(value, { status });
  const isProblem = has('problems') && status >= 400;
  const headers = {
    'content-type': isProblem ? 'application/problem+json' : 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
  };
  return new Response(JSON.stringify(value), { status, headers });
}

function refuse(status: number, code: string, requestId: string): Response {
  if (!has('problems')) return answer(status, { message: code }, requestId);
  return answer(
    status,
    { type: `tag:floor,2026:${code}`, title: code, status, detail: code, code },
    requestId,
  );
}

// --- Store ------------------------------------------------------------------------------------------------------------

interface Otp {
  readonly id: string;
  readonly user: string;
  readonly purpose: string;
  readonly code: string;
  readonly expiresAt: number;
}

const TTL_S = 300;
const MOST_WRONG = 5;
const codes = new Map<string, Otp & { wrong: number }>();
/** The keys of the codes that expire in each second. */
const due = new Map<number, string[]>();
let issued = 0;

setInterval(() => {
  const second = Math.floor(Date.now() / 1_000) - 1;
  for (const key of due.get(second) ?? []) codes.delete(key);
  due.delete(second);
}, 1_000);

function issue(user: string, purpose: string, code: string): Otp {
  const expiresAt = Date.now() + TTL_S * 1_000;
  const key = `${user}\0${purpose}`;
  issued++;
  const otp = { id: `run-c${issued}`, user, purpose, code, expiresAt, wrong: 0 };
  codes.set(key, otp);
  const second = Math.floor(expiresAt / 1_000);
  const keys = due.get(second);
  if (keys === undefined) due.set(second, [key]);
  else keys.push(key);
  return otp;
}

function spend(user: string, purpose: string, code: string | undefined): Otp | undefined {
  const key = `${user}\0${purpose}`;
  const otp = codes.get(key);
  if (otp === undefined || Date.now() >= otp.expiresAt || otp.wrong === MOST_WRONG) return undefined;
  if (otp.code !== code) {
    otp.wrong++;
    return undefined;
  }
  codes.delete(key);
  return otp;
}

// --- Events and their subscribers -------------------------------------------------------------------------------------

interface Event extends Otp {
  readonly event: string;
  readonly type: string;
  readonly time: number;
  readonly requestId: string;
}

const subscribers: ((event: Event) => void)[] = [];
let announced = 0;

function announce(type: string, { id, user, purpose, code, expiresAt }: Otp, requestId: string): void {
  announced++;
  const time = Date.now();
  const event = { event: `run-e${announced}`, type, time, id, user, purpose, code, expiresAt, requestId };
  for (const subscriber of subscribers) subscriber(event);
}

if (has('inbox')) {
  const kept: (Event | undefined)[] = Array(4_096).fill(undefined);
  const ids: string[] = Array(1_000).fill('');
  const messages = new Map<string, { event: Event; state: string }>();
  let next = 0;
  subscribers.push((event) => {
    kept[announced % kept.length] = event;
    if (event.type === 'otp.requested') {
      messages.delete(ids[next] ?? '');
      ids[next] = event.id;
      next = (next + 1) % ids.length;
      messages.set(event.id, { event, state: 'pending' });
      return;
    }
    const message = messages.get(event.id);
    if (message !== undefined) message.state = event.type;
  });
}

if (has('log')) {
  let lines = '';
  const iso = isoWriter();
  const isoOfExpiry = isoWriter();
  const flush = () => {
    process.stdout.write(lines);
    lines = '';
  };
  subscribers.push(({ event, type, time, id, user, purpose, expiresAt, requestId }) => {
    if (lines === '') setImmediate(flush);
    lines += `{"time":"${iso(time)}","level":"info","message":"${type}","id":"${event}","user":${JSON.stringify(user)},"purpose":${JSON.stringify(purpose)},"otp":"${id}","expiresAt":"${isoOfExpiry(expiresAt)}","requestId":"${requestId}"}\n`;
  });
}

function isoWriter(): (ms: number) => string {
  let last = Number.NaN;
  let written = '';
  return (ms) => {
    if (ms !== last) written = new Date(ms).toISOString();
    last = ms;
    return written;
  };
}

// --- Metrics ----------------------------------------------------------------------------------------------------------

const LIMITS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, Number.POSITIVE_INFINITY];
const durations = LIMITS_MS.map(() => 0);
const statuses = new Map<number, number>();

function observe(status: number, ms: number): void {
  const bucket = LIMITS_MS.findIndex((limit) => ms <= limit);
  durations[bucket] = (durations[bucket] ?? 0) + 1;
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
}

// --- Routes -----------------------------------------------------------------------------------------------------------

/** Makes a route's handler: everything that surrounds its own step, once. */
function route(step: (body: Body, requestId: string) => Response) {
  return async ({ request }: { request: Request }): Promise<Response> => {
    const started = has('metrics') ? performance.now() : 0;
    let requestId = '';
    let response: Response;
    try {
      if (has('headers')) requestId = nameOf(request);
      response = step(await bodyOf(request), requestId);
    } catch (error) {
      const { status, code } = error instanceof Refusal ? error : new Refusal(400, 'malformed_json');
      response = refuse(status, code, requestId);
    }
    if (has('metrics')) observe(response.status, performance.now() - started);
    return response;
  };
}

const iso = isoWriter();

const request = route((body, requestId) => {
  if (!has('store')) return answer(200, bare.request(body), requestId);
  const { user, purpose = 'default', code = String(randomInt(1_000_000)).padStart(6, '0') } = body;
  const otp = issue(user, purpose, code);
  if (has('events')) announce('otp.requested', otp, requestId);
  const expiresAt = iso(otp.expiresAt);
  const message = 'OTP generated successfully';
  return answer(
    200,
    { message, id: otp.id, user, purpose, code, expiresIn: TTL_S, expiresAt, delivery: 'none' },
    requestId,
  );
});

const verify = route((body, requestId) => {
  if (!has('store')) {
    const verified = bare.verify(body);
    return verified ? answer(200, verified, requestId) : refuse(401, 'invalid_code', requestId);
  }
  const { user, purpose = 'default', code } = body;
  const otp = spend(user, purpose, code);
  if (otp === undefined) return refuse(401, 'invalid_code', requestId);
  if (has('events')) announce('otp.verified', otp, requestId);
  return answer(200, { message: 'OTP verified successfully', user, purpose }, requestId);
});

const app = new Elysia()
  .post('/otp/request', request, { parse: 'none' })
  .post('/otp/verify', verify, { parse: 'none' })
  .listen({ hostname: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ url: app.server?.url.origin }));
