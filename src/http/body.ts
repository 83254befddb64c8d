import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { t } from 'elysia';
import { fieldErrors, invalidRequest } from './field-errors.ts';
import { hasBody, readJson } from './json-body.ts';
import { queryReader } from './query.ts';

const refuseQuery = queryReader(Type.Object({}, { additionalProperties: false }));

/**
 * The options of a route whose body has this schema: how it is read and checked, and what Elysia is to know.
 *
 * Elysia does not check it once more: its error describes the value that was found, and a value can be made
 * so that describing it fails. Nor does it read it: it would make a stream of each body first, to see whether
 * there is any.
 *
 * Such a route takes no query: one that is there is a mistake that must not pass in silence.
 *
 * @param absent what stands for a body that is not there; without it there must be one
 */
export function checkedBody<S extends TSchema>(schema: S, absent?: Static<S>) {
  const checker = TypeCompiler.Compile(schema);
  return {
    body: t.NoValidate(schema),
    parse: 'none' as const,
    transform: async (context: { request: Request; body: Static<S> }): Promise<void> => {
      const { request } = context;
      const value = absent !== undefined && !hasBody(request) ? absent : await readJson(request);
      if (!checker.Check(value)) throw invalidRequest(fieldErrors(checker, value));
      if (request.url.includes('?')) refuseQuery(request);
      context.body = value;
    },
  };
}
