import type { Static, TSchema } from '@sinclair/typebox';
import { type TypeCheck, type ValueError, ValueErrorType } from '@sinclair/typebox/compiler';
import { type FieldError, ProblemError, problem } from './problem.ts';

/** A problem names at most so many fields, and fewer where it would grow to 1 KiB. */
const MAX_FIELD_ERRORS = 8;
const MAX_PROBLEM_BYTES = 1_023;

/** How much an answer repeats of an unknown field's name: the only piece of input in any answer. */
const MAX_NAME_LENGTH = 64;

/** The fields of a request that cannot be used. */
export type FieldErrors = Static<typeof FieldError>[];

/** The problem of a request whose fields cannot be used. */
export function invalidRequest(errors: FieldErrors): ProblemError {
  const named = errors.slice(0, MAX_FIELD_ERRORS);
  while (Buffer.byteLength(JSON.stringify(problem('invalid_request', { errors: named }))) > MAX_PROBLEM_BYTES)
    named.pop();
  return new ProblemError('invalid_request', { errors: named });
}

/** Each field of a value that breaks its schema, once, with what it must be. */
export function fieldErrors(checker: TypeCheck<TSchema>, value: unknown): FieldErrors {
  const found = new Map<string, string>();
  for (const failure of checker.Errors(value)) {
    const [field, detail] = describe(failure);
    if (!found.has(field)) found.set(field, detail);
    if (found.size === MAX_FIELD_ERRORS) break;
  }
  return [...found].map(([field, detail]) => ({ field, detail }));
}

function describe({ path, type, schema }: ValueError): [field: string, detail: string] {
  if (type !== ValueErrorType.ObjectAdditionalProperties)
    return [path, String(schema['error'] ?? 'cannot be used')];
  const name = [...path.slice(1)].slice(0, MAX_NAME_LENGTH).join('').toWellFormed();
  return [`/${name}`, 'is not a field of this request'];
}
