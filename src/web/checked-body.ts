import type { Static, TSchema } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { t } from 'elysia';
import { fieldErrors, invalidRequest } from './field-errors.ts';
import { hasBody, readJson } from './json-body.ts';

/**
 * The options of a route whose body has this schema: how it is read and checked, and what Elysia is to know.
 *
 * Elysia does not check it once more: its error describes the value that was found, and a value can be made
 * so that describing it fails.
 *
 * @param absent what stands for a body that is not there; without it there must be one
 */
export function checkedBody<S extends TSchema>(schema: S, absent?: Static<S>) {
  const checker = TypeCompiler.Compile(schema);
  return {
    body: t.NoValidate(schema),
    parse: async ({ request }: { request: Request }): Promise<Static<S>> => {
      if (absent !== undefined && !hasBody(request)) return absent;
      const value = await readJson(request);
      if (checker.Check(value)) return value;
      throw invalidRequest(fieldErrors(checker, value));
    },
  };
}
