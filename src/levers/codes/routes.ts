import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { checkedBody } from '../../http/body.ts';
import { BODY_ANSWERS, QUERY_ANSWERS } from '../../http/common-answers.ts';
import { digits, pattern } from '../../http/fields.ts';
import { noQuery } from '../../http/query.ts';
import type { Levers } from '../levers.ts';

const FixedCodeList = Type.Array(
  Type.Object(
    { user: pattern, code: Type.String({ ...digits, description: 'The code of these users' }) },
    { additionalProperties: false, error: 'must be a JSON object' },
  ),
  {
    description: 'The fixed codes as they stand.',
    error: 'must be a JSON array',
    examples: [[{ user: 'test-*', code: '123456' }]],
  },
);

/** `/mock/codes`: codes that a test knows in advance. */
export function codeRoutes({ codes }: Pick<Levers, 'codes'>) {
  return new Elysia({ prefix: '/codes' })
    .get('', () => [...codes.list], {
      ...noQuery,
      response: { 200: FixedCodeList, ...QUERY_ANSWERS },
      detail: { summary: 'Read the fixed codes' },
    })
    .put(
      '',
      async ({ body }) => {
        await codes.set(body);
        return body;
      },
      {
        ...checkedBody(FixedCodeList),
        response: { 200: FixedCodeList, ...BODY_ANSWERS },
        detail: {
          summary: 'Set the fixed codes',
          description:
            'Replaces the whole list. The first entry that matches a user gives the code. Such users are exempt from cooldown, send limit and lock.',
        },
      },
    )
    .delete(
      '',
      async () => {
        await codes.set([]);
        return [];
      },
      {
        ...noQuery,
        response: { 200: FixedCodeList, ...QUERY_ANSWERS },
        detail: { summary: 'Remove all fixed codes' },
      },
    );
}
