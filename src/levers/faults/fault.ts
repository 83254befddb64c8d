import { type Static, Type } from '@sinclair/typebox';
import { invalidRequest } from '../../http/field-errors.ts';
import { closed, flag, oneOf, pattern, wholeNumber } from '../../http/fields.ts';

const OPERATIONS = ['request', 'verify', 'cancel', 'delivery'] as const;

/** An operation that can be made to fail. */
export type Operation = (typeof OPERATIONS)[number];

export const FaultList = Type.Array(
  Type.Object(
    {
      on: oneOf(OPERATIONS, {
        description: 'The operation that fails: a call, or the delivery of a code over a channel',
        error: 'must be request, verify, cancel or delivery',
      }),
      user: Type.Optional(pattern),
      provider: Type.Optional(
        Type.String({
          pattern: '^[a-z]{1,32}$',
          description: "Only calls of this provider's API, such as twilio; if absent, all calls",
          error: 'must be the name of a provider, such as "twilio"',
        }),
      ),
      times: Type.Optional(
        wholeNumber(1, 1_000_000, 'How many more times it strikes; if absent, until it is removed'),
      ),
      probability: Type.Optional(
        Type.Number({
          minimum: 0,
          maximum: 1,
          description: 'The share of matching calls that it strikes; 1 if absent',
          error: 'must be a number from 0 to 1',
        }),
      ),
      delayMs: Type.Optional(wholeNumber(0, 60_000, 'Milliseconds of real time to wait first')),
      status: Type.Optional(
        wholeNumber(
          400,
          599,
          'The status of the answer. Without this and without drop, the call is only delayed',
        ),
      ),
      error: Type.Optional(
        Type.Union([Type.Integer(), Type.String({ maxLength: 64 })], {
          description: "The provider's own error, such as 60203 for Twilio: its body and its status",
          error: "must be a number or a name of the provider's",
        }),
      ),
      drop: Type.Optional(
        flag(
          'Close the connection without an answer. On a delivery: lose the message, but report it as delivered',
        ),
      ),
      fail: Type.Optional(flag('Deliveries only: send nothing, and report the delivery as failed')),
      duplicate: Type.Optional(flag('Deliveries only: send the message twice')),
    },
    closed,
  ),
  {
    description: 'The faults as they stand. `times` counts down, and faults that are used up are gone.',
    error: 'must be a JSON array',
    examples: [[{ on: 'request', user: '+1555*', times: 2, status: 503 }]],
  },
);

/** What goes wrong, for which users, and how often. */
export type Fault = Static<typeof FaultList>[number];

/** @throws ProblemError `invalid_request` for a fault with no effect, with two, or with one that its operation can't have */
export function refuseContradictions(faults: readonly Fault[]): void {
  const errors = faults.flatMap(
    ({ on, status, provider, error, drop = false, fail = false, duplicate = false, delayMs = 0 }, i) => {
      if (error !== undefined && (provider === undefined || on === 'delivery'))
        return {
          field: `/${i}/error`,
          detail: "must be absent without a provider: it is that provider's own",
        };
      if (on === 'delivery' && status !== undefined)
        return { field: `/${i}/status`, detail: 'must be absent for a delivery: use fail' };
      if (on !== 'delivery' && (fail || duplicate))
        return { field: `/${i}`, detail: 'must not have fail or duplicate: they are for deliveries only' };
      if (drop && (status !== undefined || error !== undefined))
        return { field: `/${i}/drop`, detail: 'must not be true together with status or error' };
      if ([drop, fail, duplicate].filter(Boolean).length > 1)
        return { field: `/${i}`, detail: 'must have only one of drop, fail and duplicate' };
      if (drop || fail || duplicate || (status ?? error) !== undefined || delayMs > 0) return [];
      const doing = on === 'delivery' ? 'fail, drop, duplicate' : 'status, drop';
      return { field: `/${i}`, detail: `must have ${doing} or delayMs` };
    },
  );
  if (errors.length > 0) throw invalidRequest(errors);
}
