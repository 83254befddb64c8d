import { Type } from '@sinclair/typebox';
import type { InboxMessage } from './inbox.ts';

/** A message of the inbox, as clients see it. */
export const Message = Type.Object(
  {
    id: Type.String({ description: "The code's id, as in the answer to its request" }),
    user: Type.String(),
    purpose: Type.String(),
    code: Type.String(),
    createdAt: Type.String({ format: 'date-time' }),
    expiresAt: Type.String({ format: 'date-time' }),
    state: Type.Union(
      [
        Type.Literal('pending'),
        Type.Literal('verified'),
        Type.Literal('expired'),
        Type.Literal('replaced'),
        Type.Literal('cancelled'),
        Type.Literal('locked'),
      ],
      { description: 'What became of the code so far' },
    ),
    channel: Type.String({ description: 'The channel that delivers the code, or none' }),
    to: Type.Optional(Type.String({ description: 'The address there' })),
    delivery: Type.Union(
      [Type.Literal('none'), Type.Literal('queued'), Type.Literal('delivered'), Type.Literal('failed')],
      { description: 'Delivery status' },
    ),
  },
  {
    description: 'A code as its user would get it.',
    examples: [
      {
        id: 'mws4q1rfd2c6-c1',
        user: 'alice',
        purpose: 'default',
        code: '042137',
        createdAt: '2026-11-22T15:00:00.000Z',
        expiresAt: '2026-11-22T15:05:00.000Z',
        state: 'pending',
        channel: 'none',
        delivery: 'none',
      },
    ],
  },
);

/** A message as clients see it: its moments in ISO form. */
export function describeMessage({ createdAt, expiresAt, ...message }: InboxMessage) {
  return {
    ...message,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}
