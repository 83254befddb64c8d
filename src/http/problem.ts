import { KindGuard, type Static, type TProperties, Type } from '@sinclair/typebox';

/** An invalid field, as a JSON pointer into the body, and what it must be. */
export const FieldError = Type.Object({ field: Type.String(), detail: Type.String() });

/**
 * Every problem that the service answers, by its stable machine name, in the form of RFC 9457. The details say what to
 * do. Where a call knows more, its detail names it: a host, a purpose, never a code. `safeName` makes such names harmless.
 */
export const PROBLEMS = {
  malformed_json: {
    status: 400,
    title: 'Malformed JSON',
    detail: 'The body is not valid JSON in UTF-8, or an object has a key twice. Send one JSON object.',
  },
  invalid_request: {
    status: 400,
    title: 'Invalid request',
    detail: 'The request has invalid fields. The list errors names each one and says what it must be.',
  },
  invalid_target: {
    status: 400,
    title: 'Invalid request target',
    detail: 'The path is not in normal form. Send it without dot segments and backslashes.',
  },
  invalid_code: {
    status: 401,
    title: 'Wrong code',
    detail: 'This is not the current code for that user and purpose. Check the digits and try again.',
  },
  unauthorized: {
    status: 401,
    title: 'Unauthorized',
    detail:
      'This endpoint requires an API key. Send the header Authorization: Bearer YOUR_KEY. /metrics has its own keys.',
  },
  forbidden_host: {
    status: 403,
    title: 'Host not allowed',
    detail: 'The service does not accept this Host header. To allow the name, add it to OTP_ALLOWED_HOSTS.',
  },
  forbidden_origin: {
    status: 403,
    title: 'Origin not allowed',
    detail:
      'Web pages from other origins cannot call this service. Call it from your server, or add the origin to OTP_ALLOWED_ORIGINS.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    detail: 'There is no endpoint at this path. See /swagger for the list.',
  },
  no_code: {
    status: 404,
    title: 'No code',
    detail:
      'There is no code for that user and purpose. None was requested, or it has already ended. Request a new one.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    detail: 'This path does not support this method. The Allow header lists the methods that it supports.',
  },
  not_with_shared_store: {
    status: 409,
    title: 'Not with a shared store',
    detail: 'Not available with a shared store (OTP_STORE): this process has no wheel.',
  },
  code_expired: {
    status: 410,
    title: 'Code expired',
    detail: 'This code has expired. Request a new one.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    detail: 'The body is larger than 16 KiB. Send a smaller one.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail:
      'Send JSON in UTF-8, with the header Content-Type: application/json and without Content-Encoding.',
  },
  locked: {
    status: 429,
    title: 'Locked',
    detail: 'Too many wrong codes in a row. Wait as long as Retry-After says, then request a new code.',
  },
  resend_cooldown: {
    status: 429,
    title: 'Too soon',
    detail: 'A code was requested a moment ago. Wait as long as Retry-After says, then request another.',
  },
  send_limit: {
    status: 429,
    title: 'Too many codes',
    detail: 'Too many codes were requested for this user or this address. Wait as long as Retry-After says.',
  },
  no_message: {
    status: 404,
    title: 'No message',
    detail:
      'No message arrived for that user before the timeout. Check that a code was requested, and for which user.',
  },
  injected_fault: {
    status: 503,
    title: 'Injected fault',
    detail: 'A test made this call fail. See /mock/faults.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'The service failed. Its log has the reason, under the id in X-Request-Id.',
  },
  capacity: {
    status: 503,
    title: 'No capacity',
    detail:
      'The service holds the maximum number of records (OTP_MAX_LIVE). Try again when some have expired.',
  },
  delivery_busy: {
    status: 503,
    title: 'Delivery busy',
    detail:
      'No code was issued: the delivery channel takes no more messages at the moment. Wait as long as Retry-After says, then try again.',
  },
  store_unavailable: {
    status: 503,
    title: 'Store unavailable',
    detail:
      'The store does not answer. The call may or may not have taken effect. Wait as long as Retry-After says, then request a new code.',
  },
  too_many_streams: {
    status: 503,
    title: 'Too many streams',
    detail: 'Too many clients follow the events. Close a stream, or wait as long as Retry-After says.',
  },
  too_many_waits: {
    status: 503,
    title: 'Too many waiting calls',
    detail: 'Too many calls wait for a message. End one, or wait as long as Retry-After says.',
  },
  not_ready: {
    status: 503,
    title: 'Not ready',
    detail: 'The service is starting or stopping. Try again in a moment.',
  },
} as const;

/** The machine name of a problem. */
export type ProblemCode = keyof typeof PROBLEMS;

/** The media type of every problem. */
export const PROBLEM_TYPE = 'application/problem+json';

/** A problem as its body has it. `status` may differ from the table's, and some have more fields. */
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly Static<typeof FieldError>[];
  /** The provider's own error that a test wants. */
  readonly error?: number | string;
}

/** The most characters of a name that an error repeats. */
const MAX_NAME_LENGTH = 64;

/** A name from a request, as an error may repeat it: well-formed, without control characters, cut to 64 characters. */
export function safeName(name: string): string {
  return [...name.replace(/\p{Cc}/gu, '')].slice(0, MAX_NAME_LENGTH).join('').toWellFormed();
}

/** The problem of a user without a code. It names the purpose: another one than the request's is the usual reason. */
export function noCode(purpose: string) {
  const detail = `There is no code for that user and the purpose "${safeName(purpose)}". None was requested, or it has already ended. Request a new one.`;
  return problem('no_code', { detail });
}

/** The body of a problem. @param more fields that only this problem has */
export function problem<C extends ProblemCode, M extends object>(code: C, more?: M) {
  const { status, title, detail } = PROBLEMS[code];
  return Object.assign({ type: `tag:mock-otp-service,2026:${code}`, title, status, detail, code }, more);
}

/** A problem as an exception: ends the request. `errors.ts` turns it into an answer. */
export class ProblemError extends Error {
  override name = 'ProblemError';

  /** @param more fields that only this problem has */
  constructor(
    readonly code: ProblemCode,
    readonly more: object = {},
  ) {
    super(PROBLEMS[code].title);
  }
}

/**
 * The schema of an answer that is one of these problems, all of one status.
 *
 * @param more fields beside those that every problem has
 */
export function problemSchema<C extends ProblemCode, M extends TProperties = Record<never, never>>(
  codes: readonly [C, ...C[]],
  more?: M,
) {
  const common = {
    type: Type.String({ description: 'A URI that identifies the kind of problem' }),
    title: Type.String(),
    status: Type.Literal(PROBLEMS[codes[0]].status),
    detail: Type.String(),
    code: Type.Unsafe<C>(Type.Union(codes.map((code) => Type.Literal(code)))),
  };
  // In Markdown, which Swagger UI renders: a paragraph for each problem.
  const details = codes.map((code) => `\`${code}\`: ${PROBLEMS[code].detail}`);
  const required = Object.entries(more ?? {}).filter(([, field]) => !KindGuard.IsOptional(field));
  const example = Object.fromEntries(required.map(([name, field]) => [name, field['examples']?.[0]]));
  return Type.Object<typeof common & M>(Object.assign(common, more), {
    description: details.join('\n\n'),
    examples: codes.map((code) => problem(code, example)),
  });
}
