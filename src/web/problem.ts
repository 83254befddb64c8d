import { type TProperties, Type } from '@sinclair/typebox';

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
    detail: 'The body has fields that cannot be used; errors names each and says what it must be.',
  },
  invalid_code: {
    status: 401,
    title: 'Wrong code',
    detail: 'This is not the current code for that user and purpose. Check the digits and try again.',
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
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'The service failed. It has logged why, under the id in X-Request-Id.',
  },
  not_ready: {
    status: 503,
    title: 'Not ready',
    detail: 'The service is starting or stopping. Try again in a moment.',
  },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** The media type of every problem. */
export const PROBLEM_TYPE = 'application/problem+json';

/** The body of a problem. */
export interface ProblemBody<C extends ProblemCode> {
  type: string;
  title: string;
  status: (typeof PROBLEMS)[C]['status'];
  detail: string;
  code: C;
}

/** @param more fields of this one problem, beside those that all have */
export function problem<C extends ProblemCode, M extends object>(code: C, more?: M): ProblemBody<C> & M;
export function problem<C extends ProblemCode>(code: C, more: object = {}): ProblemBody<C> {
  const { status, title, detail } = PROBLEMS[code];
  return { type: `tag:mock-otp-service,2026:${code}`, title, status, detail, code, ...more };
}

/** A problem as an exception, for where a request cannot go on. One place turns it into an answer. */
export class ProblemError extends Error {
  override name = 'ProblemError';

  constructor(readonly code: ProblemCode) {
    super(PROBLEMS[code].title);
  }
}

/** The schema of an answer that is one of `codes`, all of the same status. @param more fields beside the common ones */
export function problemSchema<C extends ProblemCode>(codes: readonly [C, ...C[]], more: TProperties = {}) {
  const [first] = codes;
  const details = codes.map((code) => PROBLEMS[code].detail);
  return Type.Object(
    {
      type: Type.String({ description: 'A URI that names the kind of problem' }),
      title: Type.String(),
      status: Type.Literal(PROBLEMS[first].status),
      detail: Type.String(),
      code: Type.Unsafe<C>(Type.Union(codes.map((code) => Type.Literal(code)))),
      ...more,
    },
    { description: details.join(' Or: '), examples: codes.map((code) => problem(code)) },
  );
}
