import { type Static, Type } from '@sinclair/typebox';
import { deliverySettings } from './delivery/settings.ts';
import { storeSettings } from './redis/settings.ts';

/** A day: longer than anybody waits for a code, and not so many revolutions of the wheel that one would notice. */
const LONGEST_TTL_S = 86_400;

/** A whole number of something, from a variable of decimal digits. */
function whole(minimum: number, maximum: number, value: number, description: string) {
  return Type.Integer({ minimum, maximum, default: value, description });
}

/** Bearer tokens, separated by commas. */
function keys(description: string) {
  return Type.Array(Type.String({ pattern: '^[!-+\\--~]{32,}$' }), {
    default: [],
    secret: true,
    description,
    expected: 'keys separated by commas, each of at least 32 ASCII characters without blanks',
  });
}

/**
 * Every setting: an environment variable with what it may be, its default and what it is for. A default that
 * strict mode has of its own stands in `strict`; the value of one marked `secret` is never repeated.
 */
export const Settings = Type.Object({
  HOST: Type.String({ default: '0.0.0.0', description: 'Address to listen on' }),
  PORT: whole(0, 65_535, 8_080, 'Port to listen on; 0 picks a free one'),
  OTP_MODE: Type.Union([Type.Literal('mock'), Type.Literal('strict')], {
    default: 'mock',
    description: '`mock` gives the code to whoever asks for it, `strict` behaves like a real provider',
  }),
  OTP_TTL: whole(1, LONGEST_TTL_S, 300, 'Lifetime in seconds of a code whose request names none'),
  OTP_MAX_TTL: Type.Integer({
    minimum: 1,
    maximum: LONGEST_TTL_S,
    default: 3_600,
    strict: 600,
    description: 'Longest lifetime in seconds that a request may ask for',
  }),
  OTP_LENGTH: whole(4, 10, 6, 'Digits of a code'),
  OTP_MAX_ATTEMPTS: whole(
    0,
    100,
    5,
    'Wrong codes in a row, for a user and a purpose, until the lock; 0 for no limit',
  ),
  OTP_LOCKOUT: whole(
    1,
    3_600,
    300,
    'How long the first lock lasts, in seconds; each further one twice as long, at most an hour',
  ),
  OTP_RESEND_COOLDOWN: Type.Integer({
    minimum: 0,
    maximum: 86_400,
    default: 0,
    strict: 30,
    description: 'Least time in seconds between two requests for a user; 0 for none',
  }),
  OTP_SEND_LIMIT: Type.Integer({
    minimum: 0,
    maximum: 100,
    default: 0,
    strict: 5,
    description: 'Most requests for a user within the window; 0 for no limit',
  }),
  OTP_SEND_WINDOW: whole(1, 86_400, 600, 'Length of that window, in seconds'),
  OTP_MAX_LIVE: whole(
    1,
    100_000_000,
    2_000_000,
    'Most records in the store: codes, counts of wrong codes, locks, sends',
  ),
  ...storeSettings,
  OTP_API_KEYS: keys(
    'Keys, separated by commas, one of which each call must bring; each of at least 32 characters',
  ),
  OTP_METRICS_KEYS: keys('Keys, likewise, for `/metrics`; they open nothing else, and no other key opens it'),
  OTP_ALLOWED_HOSTS: Type.Array(Type.String({ pattern: '^[a-z0-9.-]+$' }), {
    default: [],
    description:
      'Names under which the service may be called in mock mode, beside local ones; separated by commas',
    expected: 'host names separated by commas, in lower case, without ports',
  }),
  OTP_ALLOW_MOCK_IN_PRODUCTION: whole(0, 1, 0, '1 lets mock mode start with `NODE_ENV=production`'),
  OTP_SEED: Type.String({
    default: '',
    description:
      'Mock mode: codes repeat from run to run, each user has a sequence that depends on this text',
  }),
  ...deliverySettings,
  SHUTDOWN_DRAIN: whole(0, 3_600, 0, 'Seconds to serve on after SIGTERM, not ready, before stopping'),
  LOG_LEVEL: Type.Union(
    [Type.Literal('debug'), Type.Literal('info'), Type.Literal('warn'), Type.Literal('error')],
    { default: 'info', description: 'Least severe level that is logged' },
  ),
  LOG_FORMAT: Type.Union([Type.Literal('json'), Type.Literal('pretty')], {
    default: 'json',
    description: '`json` for machines, `pretty` for people; on a terminal `pretty` is the default',
  }),
});

/** The settings as the service uses them: under the environment's names, typed and complete. */
export type Config = Static<typeof Settings>;
