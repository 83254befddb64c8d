import { type Static, Type } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { checkedBody } from '../../http/body.ts';
import { BODY_ANSWERS, QUERY_ANSWERS } from '../../http/common-answers.ts';
import { invalidRequest } from '../../http/field-errors.ts';
import { pattern } from '../../http/fields.ts';
import { noQuery } from '../../http/query.ts';
import type { Levers } from '../levers.ts';

const FaultList = Type.Array(
  Type.Object(
    {
      on: Type.Union(
        [Type.Literal('request'), Type.Literal('verify'), Type.Literal('cancel'), Type.Literal('delivery')],
        {
          description: 'The operation that fails: a call, or the delivery of a code by a channel',
          error: 'must be request, verify, cancel or delivery',
        },
      ),
      user: Type.Optional(pattern),
      times: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          description: 'How many more calls it strikes; until it is removed if absent',
          error: 'must be a whole number from 1 to 1000000',
        }),
      ),
      probability: Type.Optional(
        Type.Number({
          minimum: 0,
          maximum: 1,
          description: 'Of how many of the matching calls it strikes; 1 if absent',
          error: 'must be a number from 0 to 1',
        }),
      ),
      delayMs: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 60_000,
          description: 'Milliseconds of real time to wait first',
          error: 'must be a whole number from 0 to 60000',
        }),
      ),
      status: Type.Optional(
        Type.Integer({
          minimum: 400,
          maximum: 599,
          description: 'The status of the answer; without it, and without drop, there is the delay alone',
          error: 'must be a whole number from 400 to 599',
        }),
      ),
      drop: Type.Optional(
        Type.Boolean({
          description:
            'Break the connection off without an answer; of a delivery: lose the message, which counts as delivered',
          error: 'must be true or false',
        }),
      ),
      fail: Type.Optional(
        Type.Boolean({
          description: 'Of a delivery alone: do not send the message, which counts as failed',
          error: 'must be true or false',
        }),
      ),
      duplicate: Type.Optional(
        Type.Boolean({
          description: 'Of a delivery alone: send the message twice',
          error: 'must be true or false',
        }),
      ),
    },
    { additionalProperties: false, error: 'must be a JSON object' },
  ),
  {
    description: 'Faults, as they stand now: `times` counts down, and those that are used up are gone.',
    error: 'must be a JSON array',
    examples: [[{ on: 'request', user: '+1555*', times: 2, status: 503 }]],
  },
);

/** `/mock/faults`: what is to go wrong. */
export function faultRoutes({ faults, setFaults }: Pick<Levers, 'faults' | 'setFaults'>) {
  return new Elysia({ prefix: '/faults' })
    .get('', () => [...faults.list], {
      ...noQuery,
      response: { 200: FaultList, ...QUERY_ANSWERS },
      detail: { summary: 'Read the faults' },
    })
    .put(
      '',
      async ({ body }) => {
        refuseContradictions(body);
        await setFaults(body);
        return body;
      },
      {
        ...checkedBody(FaultList),
        response: { 200: FaultList, ...BODY_ANSWERS },
        detail: {
          summary: 'Set the faults',
          description:
            'Replaces the whole list. The first fault that matches a call counts, once the call has passed its checks: after the delay the call is answered with the status and injected_fault, or the connection breaks off, and nothing else happens. A fault on delivery strikes a message when it is queued: it goes out late, not at all, or twice.',
        },
      },
    )
    .delete(
      '',
      async () => {
        await setFaults([]);
        return [];
      },
      {
        ...noQuery,
        response: { 200: FaultList, ...QUERY_ANSWERS },
        detail: { summary: 'Remove all faults' },
      },
    );
}

/** @throws ProblemError `invalid_request` for a fault that does two things at once, or nothing, or what cannot be done */
function refuseContradictions(faults: Static<typeof FaultList>): void {
  const errors = faults.flatMap(
    ({ on, status, drop = false, fail = false, duplicate = false, delayMs = 0 }, i) => {
      if (on === 'delivery' && status !== undefined)
        return { field: `/${i}/status`, detail: 'must not be there for a delivery: it has fail' };
      if (on !== 'delivery' && (fail || duplicate))
        return { field: `/${i}`, detail: 'must not have fail or duplicate, which are for deliveries' };
      if (drop && status !== undefined)
        return { field: `/${i}/drop`, detail: 'must not be true beside status' };
      if ([drop, fail, duplicate].filter(Boolean).length > 1)
        return { field: `/${i}`, detail: 'must have one of drop, fail and duplicate' };
      if (drop || fail || duplicate || status !== undefined || delayMs > 0) return [];
      const doing = on === 'delivery' ? 'fail, drop, duplicate' : 'status, drop';
      return { field: `/${i}`, detail: `must have ${doing} or delayMs` };
    },
  );
  if (errors.length > 0) throw invalidRequest(errors);
}
