import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { t } from 'elysia';
import { fieldErrors, invalidRequest } from './field-errors.ts';
import { hasBody, readJson } from './json-body.ts';
import { queryReader } from './query.ts';

const refuseQuery = queryReader(Type.Object({}, { additionalProperties: false }));

/**
 * Route options for a body with this schema. The body is read and checked here.
 *
 * Elysia's own validation is off: its error describes the invalid value, and some values make that description throw.
 * Its parser is off too: it would turn every body into a stream first, only to see whether there is one.
 *
 * The route takes no query: a query is a client's mistake, and ignoring it would hide the mistake.
 *
 * @param absent the value of a missing body; without it a body is required
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
