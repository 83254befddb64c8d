import { FormatRegistry, Type } from '@sinclair/typebox';

/**
 * The bodies of requests: one definition of a field is its check, its TypeScript type and its entry in the
 * OpenAPI document. `error` is what a caller is told who got the field wrong.
 *
 * No field has a schema `default`: Elysia would fill it in before the check, and so let `null` pass for `{}`.
 */

/** The purpose of a code whose request names none. */
export const DEFAULT_PURPOSE = 'default';

const MAX_USER_BYTES = 256;
const MAX_PURPOSE_BYTES = 64;

FormatRegistry.Set('otp-user', (value) => isText(value, MAX_USER_BYTES));
FormatRegistry.Set('otp-purpose', (value) => isText(value, MAX_PURPOSE_BYTES));

/** Well-formed Unicode without control characters (general category Cc); its length counts in UTF-8. */
function isText(value: string, maxBytes: number): boolean {
  return value.isWellFormed() && !/\p{Cc}/u.test(value) && Buffer.byteLength(value) <= maxBytes;
}

const user = Type.String({
  minLength: 1,
  maxLength: MAX_USER_BYTES,
  format: 'otp-user',
  description:
    'Whom the code is for: 1 to 256 bytes of UTF-8 without control characters. Compared byte for byte: nothing is trimmed, folded or normalised.',
  examples: ['alice'],
  error: 'must be a string of 1 to 256 bytes of UTF-8 without control characters',
});

const purpose = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: MAX_PURPOSE_BYTES,
    format: 'otp-purpose',
    description: `What the code is for: 1 to 64 bytes of UTF-8 without control characters; "${DEFAULT_PURPOSE}" if absent. A code verifies for its own user and purpose only.`,
    examples: ['login'],
    error: 'must be a string of 1 to 64 bytes of UTF-8 without control characters',
  }),
);

const digits = {
  pattern: '^[0-9]{4,10}$',
  examples: ['042137'],
  error: 'must be a string of 4 to 10 ASCII digits',
};

const closed = { additionalProperties: false, error: 'must be a JSON object' };

/** @param ttls in seconds: the longest lifetime that may be asked for, and that of a request that asks for none */
export function requestBody(ttls: { longest: number; usual: number }) {
  const ttl = Type.Integer({
    minimum: 1,
    maximum: ttls.longest,
    description: `Lifetime in seconds; ${ttls.usual} if absent.`,
    error: `must be a whole number from 1 to ${ttls.longest}`,
  });
  const code = Type.String({ ...digits, description: 'Use this code instead of a random one.' });
  return Type.Object(
    { user, purpose, ttl: Type.Optional(ttl), code: Type.Optional(code) },
    { ...closed, examples: [{ user: 'alice' }] },
  );
}

export const verifyBody = Type.Object(
  { user, purpose, code: Type.String({ ...digits, description: 'The code as the user gave it.' }) },
  { ...closed, examples: [{ user: 'alice', code: '042137' }] },
);

export const cancelBody = Type.Object({ user, purpose }, { ...closed, examples: [{ user: 'alice' }] });

/** What the service answers where all went well. */
export const requested = Type.Object(
  {
    message: Type.Literal('OTP generated successfully'),
    id: Type.String({ description: 'Names this code in events' }),
    user: Type.String(),
    purpose: Type.String(),
    code: Type.String(),
    expiresIn: Type.Integer({ description: 'Lifetime in seconds' }),
    expiresAt: Type.String({ format: 'date-time', description: 'From this moment on the code is expired' }),
  },
  {
    description: 'A code was made. The earlier one for that user and purpose, if any, is now a wrong code.',
    examples: [
      {
        message: 'OTP generated successfully',
        id: 'mia2k7x0-1',
        user: 'alice',
        purpose: DEFAULT_PURPOSE,
        code: '042137',
        expiresIn: 300,
        expiresAt: '2026-11-22T15:05:00.000Z',
      },
    ],
  },
);

export const verified = Type.Object(
  { message: Type.Literal('OTP verified successfully'), user: Type.String(), purpose: Type.String() },
  {
    description: 'The code was right, in time, and used for the first time. It is spent now.',
    examples: [{ message: 'OTP verified successfully', user: 'alice', purpose: DEFAULT_PURPOSE }],
  },
);

export const cancelled = Type.Object(
  { message: Type.Literal('OTP cancelled') },
  { description: 'The code is now a wrong code.', examples: [{ message: 'OTP cancelled' }] },
);
