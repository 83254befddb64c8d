import { FormatRegistry, Type } from '@sinclair/typebox';
import type { CoreSettings } from '../core/settings.ts';
import { DEFAULT_PURPOSE } from '../core/store.ts';
import { CHANNEL_NAMES, CHANNELS } from '../delivery/channels.ts';
import { PATTERN } from '../levers/pattern.ts';

/**
 * The bodies of requests and of successful answers: one definition of a field is its check, its TypeScript
 * type and its entry in the OpenAPI document. `error` is what a caller is told who got the field wrong.
 *
 * No field has a schema `default`: Elysia would fill it in before the check, and so let `null` pass for `{}`.
 */

const MAX_USER_BYTES = 256;

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** Opaque text: well-formed Unicode without control characters (general category Cc), its length in UTF-8. */
function text(format: string, maxBytes: number, meaning: string) {
  FormatRegistry.Set(format, (value) => isText(value, maxBytes));
  const rule = `1 to ${maxBytes} bytes of UTF-8 without control characters`;
  return Type.String({
    minLength: 1,
    maxLength: maxBytes,
    format,
    description: `${meaning}: ${rule}, compared byte for byte`,
    error: `must be a string of ${rule}`,
  });
}

function isText(value: string, maxBytes: number): boolean {
  return value.isWellFormed() && !/\p{Cc}/u.test(value) && Buffer.byteLength(value) <= maxBytes;
}

export const user = text('otp-user', MAX_USER_BYTES, 'Whom the code is for');
export const purpose = Type.Optional(
  text('otp-purpose', 64, `What the code is for, "${DEFAULT_PURPOSE}" if absent. It verifies for no other`),
);

export const digits = {
  pattern: '^[0-9]{4,10}$',
  error: 'must be a string of 4 to 10 ASCII digits',
};

/** Which users: one, or all whose name begins or ends so. */
FormatRegistry.Set(
  'otp-pattern',
  (value) => PATTERN.test(value) && isText(value, MAX_USER_BYTES + (value.includes('*') ? 1 : 0)),
);
export const pattern = Type.String({
  format: 'otp-pattern',
  description: 'Which users: an exact one, or with a single leading or trailing * for any text',
  error: 'must be a user, or one with a single * at its start or its end',
});

/** A moment with its offset from UTC, as RFC 3339 has it. */
FormatRegistry.Set('date-time', (value) => MOMENT.test(value) && isThere(value));
export const moment = Type.String({
  format: 'date-time',
  description: 'Moment to move ahead to',
  error: 'must be a moment such as 2026-11-22T15:05:00Z',
});

/** Whether a moment is on the calendar and the clock: `Date` makes 1 December of 31 November. */
function isThere(moment: string): boolean {
  const minute = moment.slice(0, 'yyyy-mm-ddThh:mm'.length);
  return !Number.isNaN(Date.parse(moment)) && new Date(`${minute}Z`).toISOString().startsWith(minute);
}

/** An object with no other fields. */
export const closed = { additionalProperties: false, error: 'must be a JSON object' };

const CHANNEL_CHOICES = [...CHANNEL_NAMES, 'none'] as const;
const channel = Type.Union(
  CHANNEL_CHOICES.map((name) => Type.Literal(name)),
  {
    description: 'How to deliver the code; as configured (OTP_CHANNEL) if absent',
    error: `must be one of ${CHANNEL_CHOICES.map((name) => `"${name}"`).join(', ')}`,
  },
);
const addresses = CHANNELS.map(({ name, address }) => `for ${name} ${address.rule}`).join('; ');
const to = text(
  'otp-to',
  256,
  `Address to deliver the code to, the user if absent (${addresses}). It has no effect without a channel`,
);

/** The body of a request. Only in mock mode a caller may choose the code. */
export function requestBody({ OTP_TTL, OTP_MAX_TTL, OTP_MODE }: CoreSettings) {
  const ttl = Type.Integer({
    minimum: 1,
    maximum: OTP_MAX_TTL,
    description: `Lifetime in seconds; ${OTP_TTL} if absent`,
    error: `must be a whole number from 1 to ${OTP_MAX_TTL}`,
  });
  const code = Type.String({ ...digits, description: 'Use this code instead of a random one' });
  const body = Type.Object(
    {
      user,
      purpose,
      ttl: Type.Optional(ttl),
      code: Type.Optional(code),
      channel: Type.Optional(channel),
      to: Type.Optional(to),
    },
    { ...closed, examples: [{ user: 'alice' }] },
  );
  if (OTP_MODE === 'strict') Reflect.deleteProperty(body.properties, 'code');
  return body;
}

export const verifyBody = Type.Object(
  { user, purpose, code: Type.String({ ...digits, description: 'The code as the user gave it' }) },
  { ...closed, examples: [{ user: 'alice', code: '042137' }] },
);

export const cancelBody = Type.Object({ user, purpose }, { ...closed, examples: [{ user: 'alice' }] });

export const requestAnswer = Type.Object(
  {
    message: Type.Literal('OTP generated successfully'),
    id: Type.String({ description: 'Names this code in events' }),
    user: Type.String(),
    purpose: Type.String(),
    code: Type.Optional(Type.String({ description: 'Absent in strict mode' })),
    expiresIn: Type.Integer({ description: 'Lifetime in seconds' }),
    expiresAt: Type.String({ format: 'date-time', description: 'From this moment on the code is expired' }),
    delivery: Type.Union([Type.Literal('queued'), Type.Literal('none')], {
      description: 'Whether the code is on its way to the user; nobody has waited for that',
    }),
  },
  {
    description: 'A code was made. The earlier one for that user and purpose, if any, is now a wrong code.',
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

export const verifyAnswer = Type.Object(
  { message: Type.Literal('OTP verified successfully'), user: Type.String(), purpose: Type.String() },
  {
    description: 'The code was right, in time, and used for the first time. It is spent now.',
    examples: [{ message: 'OTP verified successfully', user: 'alice', purpose: DEFAULT_PURPOSE }],
  },
);

export const cancelAnswer = Type.Object(
  { message: Type.Literal('OTP cancelled') },
  {
    description:
      'The code is gone: verifying it now answers 404 no_code. In strict mode, so answered whether there was one or not.',
    examples: [{ message: 'OTP cancelled' }],
  },
);
