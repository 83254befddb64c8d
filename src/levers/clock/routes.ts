import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { checkedBody } from '../../http/body.ts';
import { BODY_ANSWERS, QUERY_ANSWERS } from '../../http/common-answers.ts';
import { invalidRequest } from '../../http/field-errors.ts';
import { moment } from '../../http/fields.ts';
import { noQuery } from '../../http/query.ts';
import { causeOf } from '../../http/request-id.ts';
import type { ClockLever } from './clock-lever.ts';
import type { ClockState } from './movable-clock.ts';
import { FURTHEST_MS, type Move } from './move.ts';

const FURTHEST_S = FURTHEST_MS / 1_000;

const state = {
  now: Type.String({ format: 'date-time', description: 'Service time' }),
  offset: Type.Number({ description: 'How many seconds service time is ahead of real time' }),
  frozen: Type.Boolean({ description: 'Whether service time stands still' }),
};
const example = { now: '2026-11-22T15:05:00.000Z', offset: 300, frozen: false };

const moveBody = Type.Object(
  {
    advance: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: FURTHEST_S,
        description: 'Seconds to move ahead',
        error: `must be a whole number from 1 to ${FURTHEST_S}`,
      }),
    ),
    freeze: Type.Optional(
      Type.Boolean({
        description: 'true stops service time; false lets it flow on from where it stands',
        error: 'must be true or false',
      }),
    ),
    set: Type.Optional(moment),
    reset: Type.Optional(
      Type.Literal(true, {
        description: 'Back to real time; forgets codes, counters and locks',
        error: 'must be true',
      }),
    ),
  },
  {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    error: 'must be a JSON object with one of advance, freeze, set and reset',
    examples: [{ advance: 300 }],
  },
);

/** `/mock/clock`: service time, and the lever that moves it. */
export function clockRoutes(lever: ClockLever) {
  return new Elysia({ prefix: '/clock' })
    .get('', () => describeState(lever.state), {
      response: {
        200: Type.Object(state, { description: 'Service time as it stands.', examples: [example] }),
        ...QUERY_ANSWERS,
      },
      ...noQuery,
      detail: { summary: 'Read the clock' },
    })
    .post(
      '',
      async ({ body, set }) => {
        const moved = await lever.move(moveOf(body), causeOf(set));
        if (moved !== undefined) return { ...describeState(moved), expired: moved.expired };
        const detail =
          'must lead ahead of service time (see GET /mock/clock), by 366 days at most, and not beyond the year 9998';
        throw invalidRequest([{ field: body.set === undefined ? '/advance' : '/set', detail }]);
      },
      {
        ...checkedBody(moveBody),
        response: {
          200: Type.Object(
            { ...state, expired: Type.Integer({ description: 'How many codes expired by the move' }) },
            {
              description: 'All that became due by the move has expired and was announced.',
              examples: [{ ...example, expired: 2 }],
            },
          ),
          ...BODY_ANSWERS,
        },
        detail: {
          summary: 'Move the clock',
          description:
            'Moves service time, which rules lifetimes, cooldowns, windows, locks and the wheel; all that waits for something goes on in real time. It flows on after a move, unless it was frozen. Codes that expire by a move answer 410 code_expired for a minute from then on.',
        },
      },
    );
}

function moveOf({ advance, set, freeze }: { advance?: number; set?: string; freeze?: boolean }): Move {
  if (advance !== undefined) return { advance: advance * 1_000 };
  if (set !== undefined) return { set: Date.parse(set) };
  return freeze === undefined ? { reset: true } : { freeze };
}

function describeState({ now, offset, frozen }: ClockState) {
  return { now: new Date(now).toISOString(), offset: offset / 1_000, frozen };
}
