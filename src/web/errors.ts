import { ValueErrorType } from '@sinclair/typebox/errors';
import { type Context, NotFoundError, ParseError, ValidationError } from 'elysia';
import type { Log } from '../kernel/log.ts';
import { pathOf } from './path.ts';
import { PROBLEM_TYPE, PROBLEMS, type ProblemCode, ProblemError, problem } from './problem.ts';
import { causeOf } from './request-id.ts';

/** A problem names at most so many fields, and fewer where it would grow to 1 KiB. */
const MAX_FIELD_ERRORS = 8;
const MAX_PROBLEM_BYTES = 1_023;

/** How much an answer repeats of an unknown field's name: the only piece of input in any answer. */
const MAX_NAME_LENGTH = 64;

/**
 * The one place that turns whatever went wrong before or in a handler into an answer.
 *
 * @param methodsOf the methods that the service takes at a path; none if there is no such path
 * @returns an error handler for Elysia's root instance
 */
export function errorAnswers(log: Log, methodsOf: (path: string) => readonly string[]) {
  return ({ error, request, set }: { error: unknown; request: Request; set: Context['set'] }): string => {
    const methods = methodsOf(pathOf(request));
    const code = problemOf(error, methods);
    set.status = PROBLEMS[code].status;
    set.headers['content-type'] = PROBLEM_TYPE;
    if (code === 'method_not_allowed') set.headers['allow'] = methods.join(', ');
    if (code === 'unauthorized') set.headers['www-authenticate'] = 'Bearer';
    if (code === 'internal') log.error('a request failed', error, causeOf(set));
    return error instanceof ValidationError && code === 'invalid_request'
      ? invalidRequest(error)
      : JSON.stringify(problem(code));
  };
}

function problemOf(error: unknown, methods: readonly string[]): ProblemCode {
  if (error instanceof ParseError) return problemOf(error.cause, methods);
  if (error instanceof ProblemError) return error.code;
  if (error instanceof NotFoundError) return methods.length > 0 ? 'method_not_allowed' : 'not_found';
  // An answer of ours that breaks its own schema is no fault of whoever asked.
  if (error instanceof ValidationError && error.type !== 'response') return 'invalid_request';
  return 'internal';
}

/** Names each field that is wrong, once, with what it must be. */
function invalidRequest({ all }: ValidationError): string {
  const details = new Map<string, string>();
  for (const { path, type, schema } of all) {
    if (type === ValueErrorType.ObjectAdditionalProperties) {
      details.set(path.slice(0, MAX_NAME_LENGTH + 1).toWellFormed(), 'is not a field of this request');
    } else if (!details.has(path)) {
      details.set(path, String(schema['error'] ?? 'cannot be used'));
    }
  }
  const errors = [...details].slice(0, MAX_FIELD_ERRORS).map(([field, detail]) => ({ field, detail }));
  const body = () => JSON.stringify(problem('invalid_request', { errors }));
  while (Buffer.byteLength(body()) > MAX_PROBLEM_BYTES) errors.pop();
  return body();
}
