import type { Static, TSchema } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler, type ValueError, ValueErrorType } from '@sinclair/typebox/compiler';
import { nearest } from './nearest.ts';
import { type FieldError, ProblemError, problem, safeName } from './problem.ts';

/** A problem names at most this many fields, and fewer if it would reach 1 KiB. */
const MAX_FIELD_ERRORS = 8;
const MAX_PROBLEM_BYTES = 1_023;

/** The invalid fields of a request. */
export type FieldErrors = Static<typeof FieldError>[];

/** The problem that names a request's invalid fields. */
export function invalidRequest(errors: FieldErrors): ProblemError {
  const named = errors.slice(0, MAX_FIELD_ERRORS);
  while (Buffer.byteLength(JSON.stringify(problem('invalid_request', { errors: named }))) > MAX_PROBLEM_BYTES)
    named.pop();
  return new ProblemError('invalid_request', { errors: named });
}

/**
 * Makes the check of a schema, which returns a valid value unchanged.
 *
 * @returns throws ProblemError `invalid_request`: each invalid field once, with its schema's `error` as the detail
 */
export function schemaCheck<S extends TSchema>(schema: S): (value: unknown) => Static<S> {
  // Compiled for the first value: most processes see values of few schemas, and all took a tenth of the start.
  let checker: TypeCheck<S> | undefined;
  return (value) => {
    checker ??= TypeCompiler.Compile(schema);
    if (checker.Check(value)) return value;
    const found = new Map<string, string>();
    for (const failure of checker.Errors(value)) {
      const [field, detail] = describe(failure);
      if (!found.has(field)) found.set(field, detail);
      if (found.size === MAX_FIELD_ERRORS) break;
    }
    throw invalidRequest([...found].map(([field, detail]) => ({ field, detail })));
  };
}

function describe({ path, type, schema }: ValueError): [field: string, detail: string] {
  if (type === ValueErrorType.ObjectRequiredProperty) return [path, 'is missing'];
  if (type !== ValueErrorType.ObjectAdditionalProperties)
    return [path, String(schema['error'] ?? 'is invalid')];
  const name = safeName(path.slice(1));
  const near = nearest(name, Object.keys(schema['properties']));
  return [`/${name}`, `is not a field of this request${near === undefined ? '' : `; did you mean ${near}?`}`];
}
