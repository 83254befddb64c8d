import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { checkedBody } from '../../http/body.ts';
import { BODY_ANSWERS, QUERY_ANSWERS } from '../../http/common-answers.ts';
import { digits, pattern } from '../../http/fields.ts';
import { noQuery } from '../../http/query.ts';
import type { Levers } from '../levers.ts';

const FixedCodeList = Type.Array(
  Type.Object(
    { user: pattern, code: Type.String({ ...digits, description: 'The code that these users get' }) },
    { additionalProperties: false, error: 'must be a JSON object' },
  ),
  {
    description: 'Fixed codes, as they stand now.',
    error: 'must be a JSON array',
    examples: [[{ user: 'test-*', code: '123456' }]],
  },
);

/** `/mock/codes`: codes that a test knows in advance. */
export function codeRoutes({ codes, setCodes }: Pick<Levers, 'codes' | 'setCodes'>) {
  return new Elysia({ prefix: '/codes' })
    .get('', () => [...codes.list], {
      ...noQuery,
      response: { 200: FixedCodeList, ...QUERY_ANSWERS },
      detail: { summary: 'Read the fixed codes' },
    })
    .put(
      '',
      async ({ body }) => {
        await setCodes(body);
        return body;
      },
      {
        ...checkedBody(FixedCodeList),
        response: { 200: FixedCodeList, ...BODY_ANSWERS },
        detail: {
          summary: 'Set the fixed codes',
          description:
            'Replaces the whole list. Users who match get the code of the first entry that they match; they are exempt from cooldown, send limit and lock.',
        },
      },
    )
    .delete(
      '',
      async () => {
        await setCodes([]);
        return [];
      },
      {
        ...noQuery,
        response: { 200: FixedCodeList, ...QUERY_ANSWERS },
        detail: { summary: 'Remove all fixed codes' },
      },
    );
}
