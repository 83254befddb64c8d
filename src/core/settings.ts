import { FormatRegistry, type Static, type TObject, type TProperties, Type } from '@sinclair/typebox';
import type { Policy } from './store.ts';

/*
 * Each feature declares its settings in its own `settings.ts`: a schema for each environment variable, with its range,
 * its default and a description, which docs/configuration.md repeats. Beside them stands a function that names conflicts
 * between values that are each valid. `config.ts` joins all features' settings and reads the environment.
 */

/** The values of settings, by the names of their environment variables. */
export type SettingsOf<S extends TProperties> = Static<TObject<S>>;

/** A whole number. @param strict the default in strict mode, if it differs */
export function whole(
  minimum: number,
  maximum: number,
  value: number,
  description: string,
  strict: number = value,
) {
  return Type.Integer({ minimum, maximum, default: value, description, ...(strict !== value && { strict }) });
}

/** One of several words. */
export function oneOf<const W extends string>(
  words: readonly [W, ...W[]],
  value: NoInfer<W>,
  description: string,
) {
  return Type.Union(
    words.map((word) => Type.Literal(word)),
    { default: value, description },
  );
}

/** What a setting of free text says about itself. */
interface TextOptions {
  readonly description: string;
  /** What a valid value looks like, for the operator who got it wrong. */
  readonly expected: string;
  /** Whether the value is never repeated in messages. */
  readonly secret?: true;
}

/** Text that `isValid` accepts; empty by default, which counts as not set. @param format a name for that check, unique */
export function text(
  format: string,
  isValid: (text: string) => boolean,
  options: TextOptions & { readonly default?: string },
) {
  FormatRegistry.Set(format, (value) => value === '' || isValid(value));
  return Type.String({ format, default: '', ...options });
}

/** A list of texts that match a pattern, separated by commas. */
export function list(pattern: string, options: TextOptions) {
  return Type.Array(Type.String({ pattern }), { default: [], ...options });
}

/** What is wrong with settings that are each valid, one reason each. An invalid setting is absent. */
export type Conflicts = Iterable<string>;

/** The longest lifetime of a code: a day. The wheel holds it in 21 revolutions. */
const LONGEST_TTL_S = 86_400;

/** Codes and their limits. */
export const coreSettings = {
  OTP_MODE: oneOf(
    ['mock', 'strict'],
    'mock',
    '`mock` returns the code to the caller, `strict` behaves like a real provider',
  ),
  OTP_TTL: whole(1, LONGEST_TTL_S, 300, 'Default lifetime of a code, in seconds'),
  OTP_MAX_TTL: whole(1, LONGEST_TTL_S, 3_600, 'Longest lifetime a request may ask for, in seconds', 600),
  OTP_LENGTH: whole(4, 10, 6, 'Digits in a code'),
  OTP_MAX_ATTEMPTS: whole(
    0,
    100,
    5,
    'Wrong codes in a row, for one user and purpose, that start a lockout; 0 for no limit',
  ),
  OTP_LOCKOUT: whole(
    1,
    3_600,
    300,
    'Length of the first lockout, in seconds; each further one lasts twice as long, up to an hour',
  ),
  OTP_RESEND_COOLDOWN: whole(
    0,
    86_400,
    0,
    'Minimum time between two requests for one user or one address, in seconds; 0 for none',
    30,
  ),
  OTP_SEND_LIMIT: whole(
    0,
    100,
    0,
    'Maximum requests for one user or one address per window; 0 for no limit',
    5,
  ),
  OTP_SEND_WINDOW: whole(1, 86_400, 600, 'Length of that window, in seconds'),
  OTP_MAX_LIVE: whole(
    1,
    100_000_000,
    2_000_000,
    'Maximum records in the store: codes, counts of wrong codes, locks, sends',
  ),
};

export type CoreSettings = SettingsOf<typeof coreSettings>;

export function* coreConflicts(settings: Partial<CoreSettings>): Conflicts {
  const { OTP_TTL: ttl = 0, OTP_MAX_TTL: maxTtl = ttl, OTP_LENGTH: length = 6 } = settings;
  if (ttl > maxTtl) yield `OTP_TTL (${ttl}) must not exceed OTP_MAX_TTL (${maxTtl})`;
  if (settings.OTP_MODE !== 'strict') return;
  if (maxTtl > 600) yield `OTP_MAX_TTL (${maxTtl}) must not exceed 600 in strict mode`;
  if (length < 6) yield `OTP_LENGTH (${length}) must be at least 6 in strict mode`;
  if (settings.OTP_MAX_ATTEMPTS === 0)
    yield 'OTP_MAX_ATTEMPTS must not be 0 in strict mode: a code could be guessed without limit';
}

/** The limits that the store applies, in milliseconds where they are times. */
export function policyOf(settings: CoreSettings): Policy {
  return {
    guesses: {
      maxAttempts: settings.OTP_MAX_ATTEMPTS,
      lockoutMs: settings.OTP_LOCKOUT * 1_000,
      // Otherwise a lock would reveal which users have a code.
      everyGuessCounts: settings.OTP_MODE === 'strict',
    },
    sends: {
      cooldownMs: settings.OTP_RESEND_COOLDOWN * 1_000,
      limit: settings.OTP_SEND_LIMIT,
      windowMs: settings.OTP_SEND_WINDOW * 1_000,
    },
    maxRecords: settings.OTP_MAX_LIVE,
    maxCounts: Math.ceil(settings.OTP_MAX_LIVE / 4),
  };
}
