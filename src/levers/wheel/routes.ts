import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { QUERY_ANSWERS } from '../../http/common-answers.ts';
import { problem, problemSchema } from '../../http/problem.ts';
import { noQuery } from '../../http/query.ts';
import type { Levers } from '../levers.ts';

/** `/mock/wheel`: the timing wheel as it stands. */
export function wheelRoutes({ wheel }: Pick<Levers, 'wheel'>) {
  return new Elysia({ tags: ['clock'] }).get(
    '/wheel',
    ({ status }) => {
      if (wheel === undefined) return status(409, problem('not_with_shared_store'));
      const { occupied, ...view } = wheel();
      return { ...view, occupied: [...occupied] };
    },
    {
      ...noQuery,
      response: {
        200: Type.Object(
          {
            slots: Type.Integer({ description: 'Slots of the wheel: the seconds of one revolution' }),
            current: Type.Integer({ description: 'The slot that the wheel reached last' }),
            entries: Type.Integer({ description: 'Reminders of codes, expired codes, counts and sends' }),
            occupied: Type.Array(Type.Object({ slot: Type.Integer(), entries: Type.Integer() })),
          },
          {
            description: 'The current slot, and the slots that have entries.',
            examples: [{ slots: 4_096, current: 17, entries: 1, occupied: [{ slot: 317, entries: 1 }] }],
          },
        ),
        ...QUERY_ANSWERS,
        409: problemSchema(['not_with_shared_store']),
      },
      detail: {
        summary: 'Read the timing wheel',
        description: 'The wheel of the store in memory. A shared store has no wheel.',
      },
    },
  );
}
