import type { Static, TObject } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler, type ValueError, ValueErrorType } from '@sinclair/typebox/compiler';
import { t } from 'elysia';
import { readJson } from './json-body.ts';
import { type FieldError, ProblemError, problem } from './problem.ts';

/** A problem names at most so many fields, and fewer where it would grow to 1 KiB. */
const MAX_FIELD_ERRORS = 8;
const MAX_PROBLEM_BYTES = 1_023;

/** How much an answer repeats of an unknown field's name: the only piece of input in any answer. */
const MAX_NAME_LENGTH = 64;

/**
 * The options of a route whose body has this schema: how it is read and checked, and what Elysia is to know.
 *
 * Elysia does not check it once more: its error describes the value that was found, and a value can be made
 * so that describing it fails.
 */
export function checkedBody<S extends TObject>(schema: S) {
  const checker = TypeCompiler.Compile(schema);
  return {
    body: t.NoValidate(schema),
    parse: async ({ request }: { request: Request }): Promise<Static<S>> => {
      const value = await readJson(request);
      if (checker.Check(value)) return value;
      throw new ProblemError('invalid_request', { errors: fieldErrors(checker, value) });
    },
  };
}

/** Each field that is wrong, once, with what it must be. */
function fieldErrors(checker: TypeCheck<TObject>, value: unknown): Static<typeof FieldError>[] {
  const found = new Map<string, string>();
  for (const failure of checker.Errors(value)) {
    const [field, detail] = describe(failure);
    if (!found.has(field)) found.set(field, detail);
    if (found.size === MAX_FIELD_ERRORS) break;
  }
  const errors = [...found].map(([field, detail]) => ({ field, detail }));
  while (Buffer.byteLength(JSON.stringify(problem('invalid_request', { errors }))) > MAX_PROBLEM_BYTES)
    errors.pop();
  return errors;
}

function describe({ path, type, schema }: ValueError): [field: string, detail: string] {
  if (type !== ValueErrorType.ObjectAdditionalProperties)
    return [path, String(schema['error'] ?? 'cannot be used')];
  const name = [...path.slice(1)].slice(0, MAX_NAME_LENGTH).join('').toWellFormed();
  return [`/${name}`, 'is not a field of this request'];
}
