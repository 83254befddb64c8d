import { KindGuard, type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { coreConflicts, coreSettings } from './core/settings.ts';
import type { ChannelName } from './delivery/channels.ts';
import { deliveryConflicts, deliverySettings } from './delivery/settings.ts';
import { httpConflicts, httpSettings } from './http/settings.ts';
import { leverConflicts, leverSettings } from './levers/settings.ts';
import { logSettings } from './log/settings.ts';
import { metricsConflicts, metricsSettings } from './metrics/settings.ts';
import { redisConflicts, redisSettings } from './redis/settings.ts';

/** The settings of all features. A schema's `strict` is its default in strict mode, if that differs. */
export const Settings = Type.Object({
  ...httpSettings,
  ...coreSettings,
  ...metricsSettings,
  ...redisSettings,
  ...leverSettings,
  ...deliverySettings,
  ...logSettings,
});

/** The values of all settings, by the names of their environment variables. */
export type Config = Static<typeof Settings>;

/** Environment variables by name, as a process has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The environment is not valid. The message has a line for each reason. */
export class ConfigError extends Error {
  override name = 'ConfigError';

  constructor(reasons: readonly string[]) {
    super(['The configuration is not valid:', ...reasons.map((reason) => `  - ${reason}`)].join('\n'));
  }
}

/**
 * Reads and validates the whole environment. An empty variable counts as not set.
 *
 * @param handedIn channels that exist without any setting
 * @returns the settings, and a warning for each `OTP_*` variable that is not a setting
 * @throws ConfigError with every bad value at once
 */
export function readConfig(
  env: Env,
  handedIn: readonly ChannelName[] = [],
): { config: Config; warnings: string[] } {
  const reasons: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries<TSchema>(Settings.properties)) {
    const value = parse(schema, env[name], env['OTP_MODE'] === 'strict');
    if (Value.Check(schema, value)) config[name] = value;
    else
      reasons.push(
        `${name} must be ${expected(schema)}${schema['secret'] ? '' : `, not ${JSON.stringify(value)}`}`,
      );
  }
  if (Value.Check(Type.Partial(Settings), config))
    reasons.push(
      ...coreConflicts(config),
      ...httpConflicts(config),
      ...metricsConflicts(config),
      ...redisConflicts(config),
      ...leverConflicts(config, env['NODE_ENV']),
      ...deliveryConflicts(config, handedIn),
    );
  if (reasons.length > 0 || !Value.Check(Settings, config)) throw new ConfigError(reasons);

  const warnings = Object.keys(env)
    .filter((name) => name.startsWith('OTP_') && !(name in Settings.properties))
    .map((name) => `${name} is not a setting of this service and has no effect`);
  return { config, warnings };
}

function parse(schema: TSchema, text: string | undefined, strict: boolean): unknown {
  if (text === undefined || text === '')
    return strict ? (schema['strict'] ?? schema.default) : schema.default;
  if (KindGuard.IsInteger(schema)) return /^\d{1,15}$/.test(text) ? Number(text) : text;
  return KindGuard.IsArray(schema) ? text.split(',').map((part) => part.trim()) : text;
}

function expected(schema: TSchema): string {
  if (KindGuard.IsInteger(schema)) return `a whole number from ${schema.minimum} to ${schema.maximum}`;
  if (KindGuard.IsUnion(schema))
    return `one of ${schema.anyOf.map((one) => JSON.stringify(one['const'])).join(', ')}`;
  return schema['expected'];
}
