import { type Static, Type } from '@sinclair/typebox';
import { oneOf } from '../../http/fields.ts';

/** A message of the inbox, as clients see it. */
export const Message = Type.Object(
  {
    id: Type.String({ description: "The code's id, as in the answer to its request" }),
    user: Type.String(),
    purpose: Type.String(),
    code: Type.String(),
    createdAt: Type.String({ format: 'date-time' }),
    expiresAt: Type.String({ format: 'date-time' }),
    state: oneOf(['pending', 'verified', 'expired', 'replaced', 'cancelled', 'locked'], {
      description: 'What became of the code so far',
    }),
    channel: Type.String({ description: 'The channel that delivers the code, or none' }),
    to: Type.Optional(Type.String({ description: 'The address there' })),
    delivery: oneOf(['none', 'queued', 'delivered', 'failed'], { description: 'Delivery status' }),
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

/** A code as its user would get it. Times are service time, in milliseconds since the epoch. */
export type InboxMessage = Omit<Static<typeof Message>, 'createdAt' | 'expiresAt'> & {
  createdAt: number;
  expiresAt: number;
};

/** A message as clients see it: its moments in ISO form. */
export function describeMessage({ createdAt, expiresAt, ...message }: InboxMessage) {
  return {
    ...message,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}
