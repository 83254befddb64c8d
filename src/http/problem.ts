import { KindGuard, type TProperties, Type } from '@sinclair/typebox';

/** A field that cannot be used, as a JSON pointer into the body, and what it must be. */
export const FieldError = Type.Object({ field: Type.String(), detail: Type.String() });

/**
 * Every problem that the service answers with, by its stable machine name, in the form of RFC 9457.
 * Details are fixed texts that say what to do. None repeats what was sent, so none can leak it.
 */
export const PROBLEMS = {
  malformed_json: {
    status: 400,
    title: 'Malformed JSON',
    detail: 'The body is not JSON in UTF-8. Send one JSON object.',
  },
  invalid_request: {
    status: 400,
    title: 'Invalid request',
    detail: 'The request has fields that cannot be used; errors names each and says what it must be.',
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
      'This path wants a key of the service. Send it as: Authorization: Bearer <key>. /metrics has keys of its own.',
  },
  forbidden_host: {
    status: 403,
    title: 'Unknown host',
    detail: 'The service does not answer to this Host. Name it in OTP_ALLOWED_HOSTS if it should.',
  },
  forbidden_origin: {
    status: 403,
    title: 'Foreign origin',
    detail: 'Web pages of another origin may not call this service. Call it from your server.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    detail: 'There is nothing at this path. See /swagger for what there is.',
  },
  no_code: {
    status: 404,
    title: 'No code',
    detail:
      'There is no code for that user and purpose: none was requested, or it is used or gone. Request one.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    detail: 'This path does not take this method; the Allow header lists those it takes.',
  },
  not_with_shared_store: {
    status: 409,
    title: 'Not with a shared store',
    detail: 'This is about one process, and the codes are in a store that many share (OTP_STORE).',
  },
  code_expired: {
    status: 410,
    title: 'Code expired',
    detail: 'The time of this code is up. Request a new one.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    detail: 'The body is over 16 KiB. Send a smaller one.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the body as application/json in UTF-8, with no content encoding.',
  },
  locked: {
    status: 429,
    title: 'Locked',
    detail: 'Too many wrong codes in a row. Wait as long as Retry-After says, then request a new code.',
  },
  resend_cooldown: {
    status: 429,
    title: 'Too soon',
    detail: 'A code was requested a moment ago. Wait as long as Retry-After says before you request another.',
  },
  send_limit: {
    status: 429,
    title: 'Too many codes',
    detail: 'Too many codes were requested for this user. Wait as long as Retry-After says.',
  },
  no_message: {
    status: 404,
    title: 'No message',
    detail: 'No message came for that user within the time. Was a code requested, and was it for this user?',
  },
  injected_fault: {
    status: 503,
    title: 'Injected fault',
    detail: 'A test has asked for this call to fail. See /mock/faults.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'The service failed. It has logged why, under the id in X-Request-Id.',
  },
  capacity: {
    status: 503,
    title: 'No room',
    detail: 'The service holds as many records as it may (OTP_MAX_LIVE). Try again when some have expired.',
  },
  delivery_busy: {
    status: 503,
    title: 'Delivery busy',
    detail:
      'No code was made: the channel takes no more messages at the moment. Try again when Retry-After says.',
  },
  store_unavailable: {
    status: 503,
    title: 'Store unavailable',
    detail:
      'The store that has the codes does not answer. Whether the call had an effect is open. Request a new code when Retry-After says.',
  },
  not_ready: {
    status: 503,
    title: 'Not ready',
    detail: 'The service is starting or stopping. Try again in a moment.',
  },
} as const;

/** The machine name of a problem. */
export type ProblemCode = keyof typeof PROBLEMS;

/** Seconds after which a caller may ask again where the service is not ready or its store is away. */
export const RETRY_S = 1;

/** The media type of every problem. */
export const PROBLEM_TYPE = 'application/problem+json';

/** What every problem's body has. */
export interface ProblemBody<C extends ProblemCode> {
  type: string;
  title: string;
  status: (typeof PROBLEMS)[C]['status'];
  detail: string;
  code: C;
}

/** The body of a problem. @param more fields of this one problem, beside those that all have */
export function problem<C extends ProblemCode>(code: C): ProblemBody<C>;
export function problem<C extends ProblemCode, M extends object>(code: C, more: M): ProblemBody<C> & M;
export function problem<C extends ProblemCode>(code: C, more: object = {}): ProblemBody<C> {
  const { status, title, detail } = PROBLEMS[code];
  return { type: `tag:mock-otp-service,2026:${code}`, title, status, detail, code, ...more };
}

/** A problem as an exception, for where a request cannot go on. One place turns it into an answer. */
export class ProblemError extends Error {
  override name = 'ProblemError';

  /** @param more fields of this one problem, beside those that all have */
  constructor(
    readonly code: ProblemCode,
    readonly more: object = {},
  ) {
    super(PROBLEMS[code].title);
  }
}

/**
 * The schema of an answer that is one of `codes`. @param more fields beside the common ones
 * @throws Error if the codes do not all have one status
 */
export function problemSchema<C extends ProblemCode, M extends TProperties = Record<never, never>>(
  codes: readonly [C, ...C[]],
  more?: M,
) {
  const [first] = codes;
  const { status } = PROBLEMS[first];
  if (codes.some((code) => PROBLEMS[code].status !== status))
    throw new Error('these problems differ in status');
  const common = {
    type: Type.String({ description: 'A URI that names the kind of problem' }),
    title: Type.String(),
    status: Type.Literal(status),
    detail: Type.String(),
    code: Type.Unsafe<C>(Type.Union(codes.map((code) => Type.Literal(code)))),
  };
  const details = codes.map((code) => PROBLEMS[code].detail);
  const required = Object.entries(more ?? {}).filter(([, field]) => !KindGuard.IsOptional(field));
  const example = Object.fromEntries(required.map(([name, field]) => [name, field['examples']?.[0]]));
  return Type.Object<typeof common & M>(Object.assign(common, more), {
    description: details.join(' Or: '),
    examples: codes.map((code) => problem(code, example)),
  });
}
