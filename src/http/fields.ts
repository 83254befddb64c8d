import { FormatRegistry, type SchemaOptions, Type } from '@sinclair/typebox';
import { DEFAULT_PURPOSE } from '../core/store.ts';

/**
 * Fields that several features share. Each is defined once: the definition validates it, types it, and documents it in
 * OpenAPI. `error` is the detail that a client gets for an invalid value.
 *
 * No field has a schema `default`: Elysia would fill it in before validation, and `null` would pass for `{}`.
 */

const MAX_USER_BYTES = 256;

/**
 * An opaque string: well-formed Unicode without control characters (general category Cc).
 *
 * @param format a unique name for the rule
 * @param meaning begins the description
 */
export function text(format: string, maxBytes: number, meaning: string) {
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

export const user = text('otp-user', MAX_USER_BYTES, 'The user whom the code is for');
export const purpose = Type.Optional(
  text(
    'otp-purpose',
    64,
    `The purpose of the code, "${DEFAULT_PURPOSE}" if absent. It verifies for no other purpose`,
  ),
);

/** Options of a string that is a code. */
export const digits = {
  pattern: '^[0-9]{4,10}$',
  error: 'must be a string of 4 to 10 ASCII digits',
};

/** An exact user, or one with a `*` at its start or end. */
FormatRegistry.Set(
  'otp-pattern',
  (value) => /^(?:\*[^*]*|[^*]+\*?)$/.test(value) && isText(value.replace('*', ''), MAX_USER_BYTES),
);
export const pattern = Type.String({
  format: 'otp-pattern',
  description: 'The users: an exact one, or a pattern with a single * at its start or end, for any text',
  error: 'must be a user, or a pattern with a single * at its start or end',
});

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** A timestamp with its UTC offset, as in RFC 3339. */
FormatRegistry.Set('date-time', (value) => TIMESTAMP.test(value) && isRealDate(value));
export const moment = Type.String({
  format: 'date-time',
  description: 'Timestamp to move ahead to',
  error: 'must be a timestamp such as 2026-11-22T15:05:00Z',
});

/** Whether the calendar and the clock have this timestamp. `Date` would turn 31 November into 1 December. */
function isRealDate(timestamp: string): boolean {
  const minute = timestamp.slice(0, 'yyyy-mm-ddThh:mm'.length);
  return !Number.isNaN(Date.parse(timestamp)) && new Date(`${minute}Z`).toISOString().startsWith(minute);
}

/** A whole number. */
export function wholeNumber(minimum: number, maximum: number, description: string) {
  const error = `must be a whole number from ${minimum} to ${maximum}`;
  return Type.Integer({ minimum, maximum, description, error });
}

/** One of several words. `Unsafe` only names the type: Elysia would find none in a mapped list. */
export function oneOf<const W extends string>(words: readonly W[], options: SchemaOptions) {
  const literals = words.map((word) => Type.Literal(word));
  return Type.Unsafe<W>(Type.Union(literals, options));
}

/** True or false. */
export function flag(description: string) {
  return Type.Boolean({ description, error: 'must be true or false' });
}

/** Options of an object that has no other fields. */
export const closed = { additionalProperties: false, error: 'must be a JSON object' };
