import { Type } from '@sinclair/typebox';
import type { CoreSettings } from '../core/settings.ts';
import { DEFAULT_PURPOSE } from '../core/store.ts';
import { CHANNEL_NAMES, CHANNELS } from '../delivery/channels.ts';
import { closed, digits, flag, oneOf, purpose, text, user, wholeNumber } from '../http/fields.ts';

/** The bodies of requests and of successful answers. `http/fields.ts` says how a field is defined. */

const CHANNEL_CHOICES = [...CHANNEL_NAMES, 'none'] as const;
const channel = oneOf(CHANNEL_CHOICES, {
  description: 'How to deliver the code; OTP_CHANNEL if absent',
  error: `must be one of ${CHANNEL_CHOICES.map((name) => `"${name}"`).join(', ')}`,
});
const addresses = CHANNELS.map(({ name, address }) => `for ${name} ${address.rule}`).join('; ');
const to = text(
  'otp-to',
  256,
  `Address to deliver the code to, the user if absent (${addresses}). It has no effect without a channel`,
);

const resend = flag(
  'Send a live code again: the same digits under the same id, until the same deadline; `ttl` and `code` then have no effect. Without a live code a new one is issued. In strict mode always a new one: the service then keeps no digits',
);

/** The body of a request. Only in mock mode may the client choose the code. */
export function requestBody({ OTP_TTL, OTP_MAX_TTL, OTP_MODE }: CoreSettings) {
  const ttl = wholeNumber(1, OTP_MAX_TTL, `Lifetime in seconds; ${OTP_TTL} if absent`);
  const code = Type.String({ ...digits, description: 'Use this code instead of a random one' });
  const body = Type.Object(
    { user, purpose, ...Type.Partial(Type.Object({ ttl, code, channel, to, resend })).properties },
    // The code of the verification's example, so that one after the other works in Swagger UI.
    { ...closed, examples: [{ user: 'alice', ...(OTP_MODE === 'mock' && { code: '042137' }) }] },
  );
  if (OTP_MODE === 'strict') Reflect.deleteProperty(body.properties, 'code');
  return body;
}

export const verifyBody = Type.Object(
  { user, purpose, code: Type.String({ ...digits, description: 'The code that the user entered' }) },
  { ...closed, examples: [{ user: 'alice', code: '042137' }] },
);

export const cancelBody = Type.Object({ user, purpose }, { ...closed, examples: [{ user: 'alice' }] });

export const requestAnswer = Type.Object(
  {
    message: Type.Literal('OTP generated successfully'),
    id: Type.String({ description: 'Identifies this code in events and in the inbox' }),
    user: Type.String(),
    purpose: Type.String(),
    code: Type.Optional(Type.String({ description: 'Absent in strict mode' })),
    expiresIn: Type.Integer({ description: 'What is left of its lifetime, in seconds, rounded up' }),
    expiresAt: Type.String({ format: 'date-time', description: 'The code is expired from this time on' }),
    delivery: Type.Union([Type.Literal('queued'), Type.Literal('none')], {
      description: 'Whether the code is queued for delivery. The answer does not wait for the delivery',
    }),
  },
  {
    description:
      'A code was issued, and an earlier one for that user and purpose is now a wrong code. Or, with `resend`, the live one was sent again.',
    examples: [
      {
        message: 'OTP generated successfully',
        id: 'mws4q1rfd2c6-c1',
        user: 'alice',
        purpose: DEFAULT_PURPOSE,
        code: '042137',
        expiresIn: 300,
        expiresAt: '2026-11-22T15:05:00.000Z',
        delivery: 'none',
      },
    ],
  },
);

export const attemptsLeft = Type.Optional(
  Type.Integer({
    description: 'Wrong codes until the lock. Absent if there is no limit, and in strict mode',
  }),
);

export const verifyAnswer = Type.Object(
  { message: Type.Literal('OTP verified successfully'), user: Type.String(), purpose: Type.String() },
  {
    description: 'The code was right, not expired and not used before. It is now spent.',
    examples: [{ message: 'OTP verified successfully', user: 'alice', purpose: DEFAULT_PURPOSE }],
  },
);

export const cancelAnswer = Type.Object(
  { message: Type.Literal('OTP cancelled') },
  {
    description:
      'The code is cancelled: verifying it now answers 404 no_code. Strict mode always gives this answer, even without a code.',
    examples: [{ message: 'OTP cancelled' }],
  },
);
