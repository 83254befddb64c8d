import { Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { checkedBody } from '../../http/body.ts';
import { BODY_ANSWERS, QUERY_ANSWERS } from '../../http/common-answers.ts';
import { invalidRequest } from '../../http/field-errors.ts';
import { flag, moment, wholeNumber } from '../../http/fields.ts';
import { noQuery } from '../../http/query.ts';
import { causeOf } from '../../http/request-id.ts';
import type { Levers } from '../levers.ts';
import { type ClockState, FURTHEST_MS, type Move } from './movable-clock.ts';

const state = {
  now: Type.String({ format: 'date-time', description: 'Service time' }),
  offset: Type.Number({ description: 'Seconds by which service time is ahead of real time' }),
  frozen: Type.Boolean({ description: 'Whether service time is frozen' }),
};
const example = { now: '2026-11-22T15:05:00.000Z', offset: 300, frozen: false };

const moveBody = Type.Object(
  {
    advance: Type.Optional(wholeNumber(1, FURTHEST_MS / 1_000, 'Seconds to move ahead')),
    freeze: Type.Optional(flag('true freezes service time; false lets it flow on from where it is')),
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

/** `/mock/clock`: reads and moves service time. */
export function clockRoutes({ clock, moveClock }: Pick<Levers, 'clock' | 'moveClock'>) {
  return new Elysia({ prefix: '/clock', tags: ['clock'] })
    .get('', () => describeState(clock.state), {
      response: {
        200: Type.Object(state, { description: 'The current service time.', examples: [example] }),
        ...QUERY_ANSWERS,
      },
      ...noQuery,
      detail: { summary: 'Read the clock' },
    })
    .post(
      '',
      async ({ body, set }) => {
        const moved = await moveClock(moveOf(body), causeOf(set));
        if (moved !== undefined) return { ...describeState(moved), expired: moved.expired };
        const detail =
          'must be ahead of service time (see GET /mock/clock) by at most 366 days, and not after the year 9998';
        throw invalidRequest([{ field: body.set === undefined ? '/advance' : '/set', detail }]);
      },
      {
        ...checkedBody(moveBody),
        response: {
          200: Type.Object(
            { ...state, expired: Type.Integer({ description: 'Codes that the move expired' }) },
            {
              description: 'Every code that is due now has expired, and its event was announced.',
              examples: [{ ...example, expired: 2 }],
            },
          ),
          ...BODY_ANSWERS,
        },
        detail: {
          summary: 'Move the clock',
          description:
            'Moves service time, which rules lifetimes, cooldowns, windows, locks and the wheel. Waiting calls and timeouts go by real time. Service time flows on after a move, unless it was frozen. Codes that a move expires answer 410 code_expired for a minute after it.',
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
