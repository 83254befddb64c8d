import { type Static, Type } from '@sinclair/typebox';
import type { OtpEvent } from '../../core/events.ts';
import { oneOf } from '../../http/fields.ts';
import type { Via } from '../facts.ts';

/** A message of the inbox, as clients see it. */
export const Message = Type.Object(
  {
    id: Type.String({ description: "The code's id, as in the answer to its request; or the text's own" }),
    user: Type.String(),
    purpose: Type.String(),
    code: Type.String({
      description: 'The digits; empty for a text of the application in which none were found',
    }),
    createdAt: Type.String({ format: 'date-time' }),
    expiresAt: Type.Optional(Type.String({ format: 'date-time', description: 'Absent for a text' })),
    state: oneOf(['pending', 'verified', 'expired', 'replaced', 'cancelled', 'locked', 'sent'], {
      description: 'What became of the code so far; `sent` for a text, whose code the service does not know',
    }),
    sends: Type.Array(Type.Object({ time: Type.String({ format: 'date-time' }), channel: Type.String() }), {
      description: 'Each time it was sent, oldest first',
    }),
    channel: Type.String({ description: 'The channel of the last send, or none' }),
    to: Type.Optional(Type.String({ description: 'The address there' })),
    delivery: oneOf(['none', 'queued', 'delivered', 'failed'], { description: 'Delivery status' }),
    provider: Type.Optional(Type.String({ description: 'The provider whose API the application called' })),
    text: Type.Optional(Type.String({ description: 'What that provider would send' })),
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
        sends: [{ time: '2026-11-22T15:00:00.000Z', channel: 'none' }],
        channel: 'none',
        delivery: 'none',
      },
    ],
  },
);

type EventOf<T extends OtpEvent['type']> = Extract<OtpEvent, { type: T }>;

/** A message as it is kept. Times are service time, in milliseconds since the epoch. */
export interface InboxMessage
  extends Omit<Static<typeof Message>, 'createdAt' | 'expiresAt' | 'sends' | 'to' | 'provider' | 'text'> {
  to?: string | undefined;
  createdAt: number;
  /** Infinity for a text, which never expires. */
  expiresAt: number;
  sends: readonly { readonly time: number; readonly channel: string }[];
  /** How it came, if through a provider's API. */
  via?: Via | undefined;
}

/** The message of a code that was sent. */
export function codeMessage(event: EventOf<'otp.requested' | 'otp.resent'>): InboxMessage {
  const { otp: id, user, purpose, code, time, expiresAt, destination, via } = event;
  const { channel, to } = destination ?? via ?? { channel: 'none', to: undefined };
  return {
    id,
    user,
    purpose,
    code,
    createdAt: time,
    expiresAt,
    state: 'pending',
    sends: [{ time, channel }],
    delivery: destination ? 'queued' : 'none',
    via,
    channel,
    to,
  };
}

/** The message of a text that an application wrote itself. */
export function textMessage({ message: id, ...event }: EventOf<'message.sent'>): InboxMessage {
  const { user, purpose, code, time, via } = event;
  const { channel, to } = via;
  const what = {
    id,
    user,
    purpose,
    code,
    createdAt: time,
    expiresAt: Number.POSITIVE_INFINITY,
    via,
  } as const;
  return { ...what, state: 'sent', sends: [{ time, channel }], channel, to, delivery: 'none' };
}

/** A message as clients see it: its moments in ISO form, and its text with the digits. */
export function describeMessage({ createdAt, expiresAt, sends, to, via, ...message }: InboxMessage) {
  return {
    ...message,
    ...(to !== undefined && { to }),
    createdAt: iso(createdAt),
    ...(expiresAt < Number.POSITIVE_INFINITY && { expiresAt: iso(expiresAt) }),
    sends: sends.map(({ time, channel }) => ({ time: iso(time), channel })),
    ...(via && { provider: via.provider, text: textOf(via, message) }),
  };
}

/** A text of the application's own has no place for digits: what looks like one is a mistake that a test must see. */
function textOf({ text }: Via, { state, code }: Pick<InboxMessage, 'state' | 'code'>): string {
  return state === 'sent' ? text : text.replace('{code}', code);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
