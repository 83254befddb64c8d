import { KindGuard, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type ChannelName, deliveryConflicts } from './delivery/configured-channels.ts';
import { type Config, Settings } from './settings.ts';

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
 * @param handedIn channels that there are without any setting
 * @returns the settings, and a warning for each `OTP_*` variable that is no setting
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
    reasons.push(...conflicts(config, env), ...deliveryConflicts(config, handedIn));
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
  if (KindGuard.IsUnion(schema)) return schema.anyOf.map((one) => JSON.stringify(one['const'])).join(' or ');
  return schema['expected'];
}

/** What is wrong with values that are good in themselves. Those that are not are left out. */
function conflicts(config: Partial<Config>, env: Env): string[] {
  const { OTP_MODE: mode, OTP_TTL: ttl = 0, OTP_MAX_TTL: maxTtl = ttl, OTP_LENGTH: length = 6 } = config;
  const rules: [boolean, string][] = [
    [ttl > maxTtl, `OTP_TTL (${ttl}) must not be over OTP_MAX_TTL (${maxTtl})`],
    [
      config.OTP_PEPPER === '' && (config.OTP_STORE ?? 'memory') !== 'memory',
      'OTP_PEPPER must be set, for replicas share the store: whoever reads that could else find every code by trying',
    ],
  ];
  if (mode === 'strict') {
    rules.push(
      [maxTtl > 600, `OTP_MAX_TTL (${maxTtl}) must not be over 600 in strict mode`],
      [length < 6, `OTP_LENGTH (${length}) must not be under 6 in strict mode`],
      [
        config.OTP_MAX_ATTEMPTS === 0,
        'OTP_MAX_ATTEMPTS must not be 0 in strict mode: anybody could guess for ever',
      ],
      [config.OTP_API_KEYS?.length === 0, 'OTP_API_KEYS must be set in strict mode'],
      [config.OTP_SEED !== '', 'OTP_SEED must not be set in strict mode: whoever knows it knows every code'],
    );
  }
  if (mode === 'mock') {
    const unmeant = env['NODE_ENV'] === 'production' && config.OTP_ALLOW_MOCK_IN_PRODUCTION === 0;
    rules.push([
      unmeant,
      'mock mode gives codes away, and NODE_ENV is production: set OTP_MODE=strict, or OTP_ALLOW_MOCK_IN_PRODUCTION=1 if you mean it',
    ]);
  }
  return rules.filter(([broken]) => broken).map(([, reason]) => reason);
}
