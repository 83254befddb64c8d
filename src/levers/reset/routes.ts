import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { checkedBody } from '../../http/body.ts';
import { BODY_ANSWERS } from '../../http/common-answers.ts';
import { closed, user } from '../../http/fields.ts';
import { causeOf } from '../../http/request-id.ts';
import type { Levers } from '../levers.ts';

const resetBody = Type.Object(
  { user: Type.Optional(user) },
  { ...closed, mayBeAbsent: true, examples: [{}] },
);

/** `/mock/reset`: forgets everything, or one user. */
export function resetRoutes({ reset }: Pick<Levers, 'reset'>) {
  return new Elysia({ tags: ['faults'] }).post(
    '/reset',
    async ({ body, set }) => {
      await reset(body.user, causeOf(set));
      return { message: 'Reset' };
    },
    {
      ...checkedBody(resetBody, {}),
      response: {
        200: Type.Object(
          { message: Type.String() },
          { description: 'Everything is forgotten.', examples: [{ message: 'Reset' }] },
        ),
        ...BODY_ANSWERS,
      },
      detail: {
        summary: 'Forget everything',
        description:
          'Forgets codes, counters, locks, messages, fixed codes and faults, and sets the clock back to real time. With `user`: the codes, counters, locks and messages of that user only. The body is optional.',
      },
    },
  );
}
