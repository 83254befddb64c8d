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
          description: 'The operation that fails: a call, or the delivery of a code over a channel',
          error: 'must be request, verify, cancel or delivery',
        },
      ),
      user: Type.Optional(pattern),
      times: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          description: 'How many more times it strikes; if absent, until it is removed',
          error: 'must be a whole number from 1 to 1000000',
        }),
      ),
      probability: Type.Optional(
        Type.Number({
          minimum: 0,
          maximum: 1,
          description: 'The share of matching calls that it strikes; 1 if absent',
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
          description: 'The status of the answer. Without this and without drop, the call is only delayed',
          error: 'must be a whole number from 400 to 599',
        }),
      ),
      drop: Type.Optional(
        Type.Boolean({
          description:
            'Close the connection without an answer. On a delivery: lose the message, but report it as delivered',
          error: 'must be true or false',
        }),
      ),
      fail: Type.Optional(
        Type.Boolean({
          description: 'Deliveries only: send nothing, and report the delivery as failed',
          error: 'must be true or false',
        }),
      ),
      duplicate: Type.Optional(
        Type.Boolean({
          description: 'Deliveries only: send the message twice',
          error: 'must be true or false',
        }),
      ),
    },
    { additionalProperties: false, error: 'must be a JSON object' },
  ),
  {
    description: 'The faults as they stand. `times` counts down, and faults that are used up are gone.',
    error: 'must be a JSON array',
    examples: [[{ on: 'request', user: '+1555*', times: 2, status: 503 }]],
  },
);

/** `/mock/faults`: makes calls and deliveries fail. */
export function faultRoutes({ faults }: Pick<Levers, 'faults'>) {
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
        await faults.set(body);
        return body;
      },
      {
        ...checkedBody(FaultList),
        response: { 200: FaultList, ...BODY_ANSWERS },
        detail: {
          summary: 'Set the faults',
          description:
            'Replaces the whole list. Faults strike calls that passed validation; the first fault that matches decides. After the delay the call answers with the status and injected_fault, or the connection closes, and nothing else happens. A fault on delivery strikes a message when it is queued: the message goes out late, not at all, or twice.',
        },
      },
    )
    .delete(
      '',
      async () => {
        await faults.set([]);
        return [];
      },
      {
        ...noQuery,
        response: { 200: FaultList, ...QUERY_ANSWERS },
        detail: { summary: 'Remove all faults' },
      },
    );
}

/** @throws ProblemError `invalid_request` for a fault with no effect, with two, or with one that its operation can't have */
function refuseContradictions(faults: Static<typeof FaultList>): void {
  const errors = faults.flatMap(
    ({ on, status, drop = false, fail = false, duplicate = false, delayMs = 0 }, i) => {
      if (on === 'delivery' && status !== undefined)
        return { field: `/${i}/status`, detail: 'must be absent for a delivery: use fail' };
      if (on !== 'delivery' && (fail || duplicate))
        return { field: `/${i}`, detail: 'must not have fail or duplicate: they are for deliveries only' };
      if (drop && status !== undefined)
        return { field: `/${i}/drop`, detail: 'must not be true together with status' };
      if ([drop, fail, duplicate].filter(Boolean).length > 1)
        return { field: `/${i}`, detail: 'must have only one of drop, fail and duplicate' };
      if (drop || fail || duplicate || status !== undefined || delayMs > 0) return [];
      const doing = on === 'delivery' ? 'fail, drop, duplicate' : 'status, drop';
      return { field: `/${i}`, detail: `must have ${doing} or delayMs` };
    },
  );
  if (errors.length > 0) throw invalidRequest(errors);
}
