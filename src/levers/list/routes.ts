import type { TArray, TUnsafe } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { checkedBody } from '../../http/body.ts';
import { BODY_ANSWERS, QUERY_ANSWERS } from '../../http/common-answers.ts';
import { noQuery } from '../../http/query.ts';
import type { List } from './list.ts';

export interface ListParts<Path extends string, T> {
  readonly prefix: Path;
  /** What the entries are, for the OpenAPI document: `faults`. */
  readonly name: string;
  /** What the entries do, likewise. */
  readonly description: string;
  readonly schema: TArray<TUnsafe<T>>;
  readonly list: Pick<List<T>, 'entries' | 'set'>;
  /** Refuses, by throwing, what the schema can't. */
  readonly check?: (entries: T[]) => void;
}

/** The routes of a list: a test reads it, replaces it as a whole, and empties it. */
export function listRoutes<const Path extends string, T>(parts: ListParts<Path, T>) {
  const { prefix, name, description, schema, list, check } = parts;
  return new Elysia({ prefix, tags: ['faults'] })
    .get('', () => [...list.entries], {
      ...noQuery,
      response: { 200: schema, ...QUERY_ANSWERS },
      detail: { summary: `Read the ${name}` },
    })
    .put(
      '',
      async ({ body }) => {
        check?.(body);
        await list.set(body);
        return body;
      },
      {
        ...checkedBody(schema),
        response: { 200: schema, ...BODY_ANSWERS },
        detail: { summary: `Set the ${name}`, description: `Replaces the whole list. ${description}` },
      },
    )
    .delete(
      '',
      async () => {
        await list.set([]);
        return [];
      },
      {
        ...noQuery,
        response: { 200: schema, ...QUERY_ANSWERS },
        detail: { summary: `Remove all ${name}` },
      },
    );
}
