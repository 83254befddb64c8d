import { KindGuard, type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** A leap year: longer than anybody waits for a code, short enough that no sum of times overflows. */
const LONGEST_TTL_S = 31_622_400;

/** Every setting: an environment variable with what it may be, its default and what it is for. */
export const Settings = Type.Object({
  HOST: Type.String({ default: '0.0.0.0', description: 'Address to listen on' }),
  PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 8_080,
    description: 'Port to listen on; 0 picks a free one',
  }),
  OTP_MODE: Type.Literal('mock', {
    default: 'mock',
    description: 'How the service behaves. Strict mode does not exist yet and is refused',
  }),
  OTP_TTL: Type.Integer({
    minimum: 1,
    maximum: LONGEST_TTL_S,
    default: 300,
    description: 'Lifetime in seconds of a code whose request names none',
  }),
  OTP_MAX_TTL: Type.Integer({
    minimum: 1,
    maximum: LONGEST_TTL_S,
    default: 3_600,
    description: 'Longest lifetime in seconds that a request may ask for',
  }),
  OTP_LENGTH: Type.Integer({ minimum: 4, maximum: 10, default: 6, description: 'Digits of a code' }),
  SHUTDOWN_DRAIN: Type.Integer({
    minimum: 0,
    maximum: 3_600,
    default: 0,
    description: 'Seconds to serve on after SIGTERM, not ready, before stopping',
  }),
  LOG_LEVEL: Type.Union([Type.Literal('info'), Type.Literal('warn'), Type.Literal('error')], {
    default: 'info',
    description: 'Least severe level that is logged',
  }),
});

/** The settings as the service uses them: under the environment's names, typed and complete. */
export type Config = Static<typeof Settings>;

/** Environment variables by name, as a process has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The environment cannot be used. The message has a line for each reason. */
export class ConfigError extends Error {
  override name = 'ConfigError';

  constructor(reasons: readonly string[]) {
    super(['The configuration is not valid:', ...reasons.map((reason) => `  - ${reason}`)].join('\n'));
  }
}

/**
 * Reads and checks the environment as a whole. A variable that is set to nothing counts as not set.
 *
 * @returns the settings, and a warning for each `OTP_*` variable that is no setting
 * @throws ConfigError with every bad value at once
 */
export function readConfig(env: Env): { config: Config; warnings: string[] } {
  const settings: [string, TSchema][] = Object.entries(Settings.properties);
  const config: Record<string, unknown> = Object.fromEntries(
    settings.map(([name, schema]) => [name, parse(schema, env[name])]),
  );
  const reasons = [...Value.Errors(Settings, config)].map(
    ({ path, schema, value }) => `${path.slice(1)} must be ${expected(schema)}, not ${JSON.stringify(value)}`,
  );
  const { OTP_TTL: ttl, OTP_MAX_TTL: maxTtl } = config;
  const { OTP_TTL, OTP_MAX_TTL } = Settings.properties;
  if (Value.Check(OTP_TTL, ttl) && Value.Check(OTP_MAX_TTL, maxTtl) && ttl > maxTtl) {
    reasons.push(`OTP_TTL (${ttl}) must not be over OTP_MAX_TTL (${maxTtl})`);
  }
  if (reasons.length > 0 || !Value.Check(Settings, config)) throw new ConfigError(reasons);
  const warnings = Object.keys(env)
    .filter((name) => name.startsWith('OTP_') && !(name in Settings.properties))
    .map((name) => `${name} is not a setting of this service and has no effect`);
  return { config, warnings };
}

function parse(schema: TSchema, text = ''): unknown {
  if (text === '') return schema.default;
  return KindGuard.IsInteger(schema) && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

function expected(schema: TSchema): string {
  if (KindGuard.IsInteger(schema)) return `a whole number from ${schema.minimum} to ${schema.maximum}`;
  if (KindGuard.IsUnion(schema)) return schema.anyOf.map(expected).join(' or ');
  return JSON.stringify(schema['const']);
}
