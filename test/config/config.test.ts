import { describe, expect, test } from 'bun:test';
import { ConfigError, type Env, readConfig } from '../../src/config.ts';
import type { ChannelName } from '../../src/delivery/channels.ts';

/** The reasons why an environment is refused. */
function refusal(env: Env, handedIn: ChannelName[] = []): string[] {
  try {
    readConfig(env, handedIn);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n').slice(1);
    throw error;
  }
  throw new Error('the environment was accepted');
}

describe('the configuration', () => {
  test('has a default for every setting', () => {
    expect(readConfig({})).toEqual({
      config: {
        HOST: '0.0.0.0',
        PORT: 8_080,
        OTP_MODE: 'mock',
        OTP_TTL: 300,
        OTP_MAX_TTL: 3_600,
        OTP_LENGTH: 6,
        OTP_MAX_ATTEMPTS: 5,
        OTP_LOCKOUT: 300,
        OTP_RESEND_COOLDOWN: 0,
        OTP_SEND_LIMIT: 0,
        OTP_SEND_WINDOW: 600,
        OTP_MAX_LIVE: 2_000_000,
        OTP_STORE: 'memory',
        OTP_PEPPER: '',
        OTP_PEPPER_PREVIOUS: '',
        OTP_STORE_SHARDS: 16,
        OTP_STORE_TIMEOUT: 500,
        OTP_API_KEYS: [],
        OTP_METRICS_KEYS: [],
        OTP_ALLOWED_ORIGINS: [],
        OTP_ALLOWED_HOSTS: [],
        OTP_ALLOW_MOCK_IN_PRODUCTION: 0,
        OTP_SEED: '',
        OTP_CHANNEL: 'none',
        OTP_SERVICE_NAME: 'mock-otp-service',
        OTP_ORIGIN: '',
        OTP_SMTP_URL: '',
        OTP_MAIL_FROM: '',
        OTP_SMS_URL: '',
        OTP_SMS_FROM: '',
        OTP_WEBHOOK_URL: '',
        OTP_WEBHOOK_SECRETS: [],
        SHUTDOWN_DRAIN: 0,
        LOG_LEVEL: 'info',
        LOG_FORMAT: 'json',
      },
      warnings: [],
    });
  });

  test('takes its values from the environment, and treats an empty variable as not set', () => {
    const { config } = readConfig({
      HOST: '127.0.0.1',
      PORT: '0',
      OTP_TTL: '60',
      OTP_LENGTH: '',
      LOG_LEVEL: 'warn',
    });
    expect(config).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 0,
      OTP_TTL: 60,
      OTP_LENGTH: 6,
      LOG_LEVEL: 'warn',
    });
  });

  test('names every bad value at once, with the values that are allowed', () => {
    expect(
      refusal({
        PORT: '99999',
        OTP_TTL: '5m',
        OTP_LENGTH: '3',
        SHUTDOWN_DRAIN: '-1',
        LOG_LEVEL: 'loud',
        OTP_MODE: 'lax',
      }),
    ).toEqual([
      '  - PORT must be a whole number from 0 to 65535, not 99999',
      '  - SHUTDOWN_DRAIN must be a whole number from 0 to 3600, not "-1"',
      '  - OTP_MODE must be one of "mock", "strict", not "lax"',
      '  - OTP_TTL must be a whole number from 1 to 86400, not "5m"',
      '  - OTP_LENGTH must be a whole number from 4 to 10, not 3',
      '  - LOG_LEVEL must be one of "debug", "info", "warn", "error", not "loud"',
    ]);
  });

  test.each(['1e3', ' 60', '60.5', '0x10', '٦٠', '9999999999999999999999'])(
    'does not accept %j as a number',
    (text) => {
      expect(refusal({ OTP_TTL: text })).toHaveLength(1);
    },
  );

  test('refuses a default lifetime above the longest one, together with any other bad value', () => {
    expect(refusal({ OTP_MAX_TTL: '60', OTP_LENGTH: '99' })).toEqual([
      '  - OTP_LENGTH must be a whole number from 4 to 10, not 99',
      '  - OTP_TTL (300) must not exceed OTP_MAX_TTL (60)',
    ]);
  });

  test('warns about an unknown variable only if its name begins with OTP_', () => {
    expect(readConfig({ OTP_TLL: '60', PATH: '/bin', OTP_TTL: '60' }).warnings).toEqual([
      'OTP_TLL is not a setting of this service and has no effect',
    ]);
  });

  test('splits lists at commas', () => {
    const keys = ['a'.repeat(32), `b${'!'.repeat(40)}`];
    const { config } = readConfig({
      OTP_API_KEYS: keys.join(', '),
      OTP_ALLOWED_HOSTS: 'otp.test,otp.example.com',
    });
    expect(config).toMatchObject({ OTP_API_KEYS: keys, OTP_ALLOWED_HOSTS: ['otp.test', 'otp.example.com'] });
  });

  test('refuses a short key and an invalid host name, and does not repeat the key', () => {
    expect(
      refusal({ OTP_API_KEYS: `${'a'.repeat(32)},short-secret`, OTP_ALLOWED_HOSTS: 'Otp.Test:80' }),
    ).toEqual([
      '  - OTP_API_KEYS must be keys separated by commas, each of at least 32 ASCII characters without spaces',
      '  - OTP_ALLOWED_HOSTS must be host names separated by commas, in lower case, without ports, not ["Otp.Test:80"]',
    ]);
  });
});

describe('a shared store', () => {
  const pepper = 'pepper-and-salt!';

  test.each([
    'redis://redis:6379',
    'redis://:hunter22@redis/3',
    'rediss://user:p%40ss@redis.example.com',
    'valkey://10.0.0.1:6379/',
    'valkeys://[::1]:6379',
    'redis+cluster://redis:6379',
    'rediss+cluster://user:p%40ss@redis-1:6379,redis-2:6380,[::1]:6379/',
  ])('can be at %s', (url) => {
    expect(readConfig({ OTP_STORE: url, OTP_PEPPER: pepper }).config).toMatchObject({ OTP_STORE: url });
  });

  test.each([
    'redis',
    'http://hunter22@redis',
    'redis://',
    'redis://redis/hunter22',
    'redis://redis?db=1',
    'redis://redis:0',
    'redis://redis/9999999999',
    'redis://redis:6379,redis:6380',
    'redis+cluster://redis',
    'redis+cluster://:hunter22@redis:6379,redis',
    'redis+cluster://:hunter22@redis:6379,',
    'redis+cluster://redis:6379/1',
  ])('cannot be at %s, and the message does not repeat it', (url) => {
    const [reason = '', ...others] = refusal({ OTP_STORE: url, OTP_PEPPER: pepper });
    expect(reason).toStartWith('  - OTP_STORE must be memory, or a URL');
    expect(reason).not.toContain('hunter22');
    expect(others).toEqual([]);
  });

  test('has room for at least 100 records in each of its parts', () => {
    const shared = { OTP_STORE: 'redis://redis', OTP_PEPPER: pepper };
    expect(readConfig({ ...shared, OTP_MAX_LIVE: '1600' }).config).toMatchObject({ OTP_MAX_LIVE: 1_600 });
    expect(readConfig({ OTP_MAX_LIVE: '1' }).config).toMatchObject({ OTP_MAX_LIVE: 1 });
    expect(refusal({ ...shared, OTP_MAX_LIVE: '1599' })).toEqual([
      '  - OTP_MAX_LIVE (1599) must be at least 1600 with OTP_STORE_SHARDS (16), which splits it into as many parts',
    ]);
    expect(readConfig({ ...shared, OTP_STORE_SHARDS: '3', OTP_MAX_LIVE: '300' }).config).toMatchObject({
      OTP_STORE_SHARDS: 3,
    });
  });

  test('requires a pepper of at least 16 characters, which no message repeats', () => {
    expect(refusal({ OTP_STORE: 'redis://redis' })).toEqual([
      '  - OTP_PEPPER must be set: anyone who can read the shared store could otherwise brute-force the codes',
    ]);
    expect(refusal({ OTP_STORE: 'redis://redis', OTP_PEPPER: 'hunter22' })).toEqual([
      '  - OTP_PEPPER must be at least 16 ASCII characters without spaces',
    ]);
  });
});

describe('delivery', () => {
  const whsec = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const email = { OTP_SMTP_URL: 'smtp://localhost:1025', OTP_MAIL_FROM: 'otp@example.com' };
  const sms = { OTP_SMS_URL: 'https://AC1:token@api.twilio.com', OTP_SMS_FROM: '+15005550006' };
  const webhook = {
    OTP_WEBHOOK_URL: 'https://example.com/otp?k=1',
    OTP_WEBHOOK_SECRETS: `${whsec},${whsec}`,
  };
  const strict = { OTP_MODE: 'strict', OTP_API_KEYS: 'k'.repeat(32), OTP_METRICS_KEYS: 'm'.repeat(32) };

  test('accepts all its settings together', () => {
    const others = { OTP_CHANNEL: 'sms', OTP_SERVICE_NAME: 'Käse & Co', OTP_ORIGIN: 'https://example.com' };
    const { config, warnings } = readConfig({ ...email, ...sms, ...webhook, ...others });
    expect(config).toMatchObject({ ...email, ...sms, ...others, OTP_WEBHOOK_SECRETS: [whsec, whsec] });
    expect(warnings).toEqual([]);
  });

  test('refuses bad settings, and repeats none that may contain a secret', () => {
    const reasons = refusal({
      OTP_CHANNEL: 'fax',
      OTP_SERVICE_NAME: 'two\nlines',
      OTP_ORIGIN: 'example.com',
      OTP_SMTP_URL: 'http://user:hunter22@host',
      OTP_MAIL_FROM: 'Otp <otp@example.com>',
      OTP_SMS_URL: 'https://hunter22@api.twilio.com',
      OTP_SMS_FROM: 'a name that is too long',
      OTP_WEBHOOK_URL: 'https://user:hunter22@example.com',
      OTP_WEBHOOK_SECRETS: 'hunter22',
    });
    expect(reasons.map((reason) => reason.split(' ')[3])).toEqual([
      'OTP_CHANNEL',
      'OTP_SERVICE_NAME',
      'OTP_SMTP_URL',
      'OTP_MAIL_FROM',
      'OTP_SMS_URL',
      'OTP_SMS_FROM',
      'OTP_ORIGIN',
      'OTP_WEBHOOK_URL',
      'OTP_WEBHOOK_SECRETS',
    ]);
    expect(reasons.join('\n')).not.toContain('hunter22');
  });

  test.each([
    'whsec_',
    'whsec_c2hvcnQ=',
    `whsec_${'A'.repeat(33)}`,
    `WHSEC_${'A'.repeat(32)}`,
    'A'.repeat(32),
  ])('does not accept %j as a webhook secret', (secret) => {
    expect(refusal({ ...webhook, OTP_WEBHOOK_SECRETS: secret })).toHaveLength(1);
  });

  test('names the setting that a channel lacks', () => {
    expect(refusal({ OTP_SMTP_URL: email.OTP_SMTP_URL, OTP_SMS_FROM: sms.OTP_SMS_FROM })).toEqual([
      '  - OTP_MAIL_FROM must be set, because OTP_SMTP_URL is',
      '  - OTP_SMS_URL must be set, because OTP_SMS_FROM is',
    ]);
    expect(refusal({ OTP_CHANNEL: 'webhook', ...email })).toEqual([
      '  - OTP_WEBHOOK_URL must be set, because OTP_CHANNEL is webhook',
    ]);
  });

  test('in strict mode needs one channel, or OTP_CHANNEL if there are several', () => {
    for (const channel of [email, sms, webhook]) readConfig({ ...strict, ...channel });
    readConfig({ ...strict, ...email, ...sms, OTP_CHANNEL: 'sms' });
    expect(refusal({ ...strict, ...email, ...sms })).toEqual([
      '  - OTP_CHANNEL must be one of email, sms in strict mode, which delivers every code',
    ]);
  });
});

describe('strict mode', () => {
  const strict = { OTP_MODE: 'strict', OTP_API_KEYS: 'k'.repeat(32), OTP_METRICS_KEYS: 'm'.repeat(32) };

  test('has stricter defaults, which can be overridden', () => {
    const { config } = readConfig(strict, ['webhook']);
    expect(config).toMatchObject({
      OTP_MAX_TTL: 600,
      OTP_RESEND_COOLDOWN: 30,
      OTP_SEND_LIMIT: 5,
      OTP_SEND_WINDOW: 600,
    });
    expect(readConfig({ ...strict, OTP_RESEND_COOLDOWN: '0' }, ['webhook']).config.OTP_RESEND_COOLDOWN).toBe(
      0,
    );
  });

  test('refuses origins, because a key in a web page is no secret', () => {
    const smtp = { OTP_SMTP_URL: 'smtp://localhost:1025', OTP_MAIL_FROM: 'otp@example.com' };
    const keys = { OTP_API_KEYS: 'k'.repeat(32), OTP_METRICS_KEYS: 'm'.repeat(32) };
    const origins = { OTP_ALLOWED_ORIGINS: 'http://localhost:5173' };
    expect(refusal({ OTP_MODE: 'strict', ...smtp, ...keys, ...origins })).toEqual([
      '  - OTP_ALLOWED_ORIGINS must not be set in strict mode: an API key in a web page is no secret',
    ]);
  });

  test('refuses a key that would open both the API and the metrics', () => {
    const key = 'k'.repeat(32);
    expect(refusal({ OTP_API_KEYS: key, OTP_METRICS_KEYS: `${'m'.repeat(32)},${key}` })).toEqual([
      '  - OTP_METRICS_KEYS must not have a key of OTP_API_KEYS: each opens one thing alone',
    ]);
  });

  test('refuses every setting that would weaken it, all at once', () => {
    const limits = { OTP_MAX_TTL: '601', OTP_LENGTH: '5', OTP_MAX_ATTEMPTS: '0' };
    const weak = { OTP_MODE: 'strict', ...limits, OTP_SEED: 'a seed' };
    expect(refusal(weak)).toEqual([
      '  - OTP_MAX_TTL (601) must not exceed 600 in strict mode',
      '  - OTP_LENGTH (5) must be at least 6 in strict mode',
      '  - OTP_MAX_ATTEMPTS must not be 0 in strict mode: a code could be guessed without limit',
      '  - OTP_API_KEYS must be set in strict mode',
      '  - OTP_METRICS_KEYS must be set in strict mode: the metrics reveal which users have a code',
      '  - OTP_SEED must not be set in strict mode: anyone who knows it can predict every code',
      '  - strict mode needs a channel, because it returns no code to the caller: set one of OTP_SMTP_URL, OTP_SMS_URL, OTP_WEBHOOK_URL',
    ]);
  });
});

describe('mock mode', () => {
  test('refuses to start in production unless OTP_ALLOW_MOCK_IN_PRODUCTION is 1', () => {
    expect(refusal({ NODE_ENV: 'production' })).toEqual([
      expect.stringContaining('OTP_ALLOW_MOCK_IN_PRODUCTION=1'),
    ]);
    expect(readConfig({ NODE_ENV: 'production', OTP_ALLOW_MOCK_IN_PRODUCTION: '1' }).config.OTP_MODE).toBe(
      'mock',
    );
    expect(readConfig({ NODE_ENV: 'test' }).config.OTP_MODE).toBe('mock');
  });
});
