import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import type { OtpService } from '../../core/otp-service.ts';
import { DEFAULT_PURPOSE } from '../../core/store.ts';
import { checkedBody } from '../../http/body.ts';
import { BODY_ANSWERS, QUERY_ANSWERS } from '../../http/common-answers.ts';
import { closed, purpose, user } from '../../http/fields.ts';
import { problem, problemSchema } from '../../http/problem.ts';
import { noQuery } from '../../http/query.ts';
import { causeOf } from '../../http/request-id.ts';
import type { Levers } from '../levers.ts';

const expireBody = Type.Object({ user, purpose }, { ...closed, examples: [{ user: 'alice' }] });
const resetBody = Type.Object(
  { user: Type.Optional(user) },
  { ...closed, mayBeAbsent: true, examples: [{}] },
);

const done = (message: string, description: string) =>
  Type.Object({ message: Type.String() }, { description, examples: [{ message }] });

/** `/mock/expire`, `/mock/reset` and `/mock/wheel`: one code's end, everything's, and what waits for its own. */
export function stateRoutes(otps: OtpService, { reset, wheel }: Pick<Levers, 'reset' | 'wheel'>) {
  return new Elysia()
    .post(
      '/expire',
      async ({ body: { user, purpose = DEFAULT_PURPOSE }, set, status }) => {
        const ended = await otps.expireNow({ user, purpose }, causeOf(set));
        return ended ? { message: 'OTP expired' } : status(404, problem('no_code'));
      },
      {
        ...checkedBody(expireBody),
        response: {
          200: done('OTP expired', 'The code is expired: verifying it answers 410 for a minute.'),
          ...BODY_ANSWERS,
          404: problemSchema(['no_code']),
        },
        detail: {
          summary: 'Expire one code',
          description:
            'Ends the time of a live code now. Tests that run side by side share one clock: this is their way.',
        },
      },
    )
    .post(
      '/reset',
      async ({ body, set }) => {
        await reset.run(body.user, causeOf(set));
        return { message: 'Reset' };
      },
      {
        ...checkedBody(resetBody, {}),
        response: { 200: done('Reset', 'All is forgotten.'), ...BODY_ANSWERS },
        detail: {
          summary: 'Forget everything',
          description:
            'Codes, counters, locks, inbox, fixed codes, faults, and the moves of the clock. With `user`: the codes, counters, locks and messages of that user alone. The body may be left out.',
        },
      },
    )
    .get(
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
              slots: Type.Integer({ description: 'Seconds of a revolution' }),
              current: Type.Integer({ description: 'The slot that the hand has come to last' }),
              entries: Type.Integer({ description: 'Reminders of codes, expired codes, counts and sends' }),
              occupied: Type.Array(Type.Object({ slot: Type.Integer(), entries: Type.Integer() })),
            },
            {
              description: 'The slots that have entries, and the hand.',
              examples: [{ slots: 4_096, current: 17, entries: 1, occupied: [{ slot: 317, entries: 1 }] }],
            },
          ),
          ...QUERY_ANSWERS,
          409: problemSchema(['not_with_shared_store']),
        },
        detail: {
          summary: 'Look at the timing wheel',
          description:
            'The wheel of the store in memory. A shared store keeps its deadlines itself, and has none to show.',
        },
      },
    );
}
