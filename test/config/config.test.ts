import { describe, expect, test } from 'bun:test';
import { ConfigError, type Env, readConfig } from '../../src/config.ts';
import type { ChannelName } from '../../src/delivery/configured-channels.ts';

/** What a bad environment is refused with, a line a reason. */
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
  test('is complete without any variable', () => {
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
        OTP_STORE_TIMEOUT: 500,
        OTP_API_KEYS: [],
        OTP_METRICS_KEYS: [],
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

  test('takes what the environment sets, and nothing from a variable that is set to nothing', () => {
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

  test('names every bad value at once, with what it must be', () => {
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
      '  - OTP_MODE must be "mock" or "strict", not "lax"',
      '  - OTP_TTL must be a whole number from 1 to 86400, not "5m"',
      '  - OTP_LENGTH must be a whole number from 4 to 10, not 3',
      '  - SHUTDOWN_DRAIN must be a whole number from 0 to 3600, not "-1"',
      '  - LOG_LEVEL must be "debug" or "info" or "warn" or "error", not "loud"',
    ]);
  });

  test.each(['1e3', ' 60', '60.5', '0x10', '٦٠', '9999999999999999999999'])(
    'takes %j for no number',
    (text) => {
      expect(refusal({ OTP_TTL: text })).toHaveLength(1);
    },
  );

  test('refuses a usual lifetime over the longest one, beside whatever else is wrong', () => {
    expect(refusal({ OTP_MAX_TTL: '60', OTP_LENGTH: '99' })).toEqual([
      '  - OTP_LENGTH must be a whole number from 4 to 10, not 99',
      '  - OTP_TTL (300) must not be over OTP_MAX_TTL (60)',
    ]);
  });

  test('warns of an OTP_ variable that is no setting, and of no other', () => {
    expect(readConfig({ OTP_TLL: '60', PATH: '/bin', OTP_TTL: '60' }).warnings).toEqual([
      'OTP_TLL is not a setting of this service and has no effect',
    ]);
  });

  test('takes lists, separated by commas', () => {
    const keys = ['a'.repeat(32), `b${'!'.repeat(40)}`];
    const { config } = readConfig({
      OTP_API_KEYS: keys.join(', '),
      OTP_ALLOWED_HOSTS: 'otp.test,otp.example.com',
    });
    expect(config).toMatchObject({ OTP_API_KEYS: keys, OTP_ALLOWED_HOSTS: ['otp.test', 'otp.example.com'] });
  });

  test('refuses a short key, and a host that is none, without repeating a key', () => {
    expect(
      refusal({ OTP_API_KEYS: `${'a'.repeat(32)},short-secret`, OTP_ALLOWED_HOSTS: 'Otp.Test:80' }),
    ).toEqual([
      '  - OTP_API_KEYS must be keys separated by commas, each of at least 32 ASCII characters without blanks',
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
  ])('can be at %s', (url) => {
    expect(readConfig({ OTP_STORE: url, OTP_PEPPER: pepper }).config).toMatchObject({ OTP_STORE: url });
  });

  test.each(['redis', 'http://hunter22@redis', 'redis://', 'redis://redis/hunter22', 'redis://redis?db=1'])(
    'cannot be at %s, which is not repeated',
    (url) => {
      const [reason = '', ...others] = refusal({ OTP_STORE: url, OTP_PEPPER: pepper });
      expect(reason).toStartWith('  - OTP_STORE must be memory, or a URL');
      expect(reason).not.toContain('hunter22');
      expect(others).toEqual([]);
    },
  );

  test('must have a pepper, which is long and never repeated', () => {
    expect(refusal({ OTP_STORE: 'redis://redis' })).toEqual([
      '  - OTP_PEPPER must be set, for replicas share the store: whoever reads that could else find every code by trying',
    ]);
    expect(refusal({ OTP_STORE: 'redis://redis', OTP_PEPPER: 'hunter22' })).toEqual([
      '  - OTP_PEPPER must be at least 16 ASCII characters without blanks',
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
  const strict = { OTP_MODE: 'strict', OTP_API_KEYS: 'k'.repeat(32) };

  test('takes all its settings', () => {
    const others = { OTP_CHANNEL: 'sms', OTP_SERVICE_NAME: 'Käse & Co', OTP_ORIGIN: 'https://example.com' };
    const { config, warnings } = readConfig({ ...email, ...sms, ...webhook, ...others });
    expect(config).toMatchObject({ ...email, ...sms, ...others, OTP_WEBHOOK_SECRETS: [whsec, whsec] });
    expect(warnings).toEqual([]);
  });

  test('refuses bad settings, and repeats none that may hold a secret', () => {
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
      'OTP_ORIGIN',
      'OTP_SMTP_URL',
      'OTP_MAIL_FROM',
      'OTP_SMS_URL',
      'OTP_SMS_FROM',
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
  ])('takes %j for no secret of a webhook', (secret) => {
    expect(refusal({ ...webhook, OTP_WEBHOOK_SECRETS: secret })).toHaveLength(1);
  });

  test('says which setting a channel lacks, and which has no effect alone', () => {
    expect(refusal({ OTP_SMTP_URL: email.OTP_SMTP_URL, OTP_SMS_FROM: sms.OTP_SMS_FROM })).toEqual([
      '  - OTP_MAIL_FROM must be set, for OTP_SMTP_URL is',
      '  - OTP_SMS_URL must be set, for OTP_SMS_FROM is',
    ]);
    expect(refusal({ OTP_CHANNEL: 'webhook', ...email })).toEqual([
      '  - OTP_WEBHOOK_URL must be set, for OTP_CHANNEL is webhook',
    ]);
  });

  test('lets strict mode start with a channel, and wants to know the usual one of several', () => {
    for (const channel of [email, sms, webhook]) readConfig({ ...strict, ...channel });
    readConfig({ ...strict, ...email, ...sms, OTP_CHANNEL: 'sms' });
    expect(refusal({ ...strict, ...email, ...sms })).toEqual([
      '  - OTP_CHANNEL must be one of email, sms in strict mode, where every code is delivered',
    ]);
  });
});

describe('strict mode', () => {
  const strict = { OTP_MODE: 'strict', OTP_API_KEYS: 'k'.repeat(32) };

  test('has limits unless others are set', () => {
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

  test('does not start with what would make it weak, and says all of it at once', () => {
    const weak = { OTP_MODE: 'strict', OTP_MAX_TTL: '601', OTP_LENGTH: '5', OTP_MAX_ATTEMPTS: '0' };
    expect(refusal(weak)).toEqual([
      '  - OTP_MAX_TTL (601) must not be over 600 in strict mode',
      '  - OTP_LENGTH (5) must not be under 6 in strict mode',
      '  - OTP_MAX_ATTEMPTS must not be 0 in strict mode: anybody could guess for ever',
      '  - OTP_API_KEYS must be set in strict mode',
      '  - strict mode must have a channel, for it gives the code to nobody else: set one of OTP_SMTP_URL, OTP_SMS_URL, OTP_WEBHOOK_URL',
    ]);
  });
});

describe('mock mode', () => {
  test('does not start in production, unless that is meant', () => {
    expect(refusal({ NODE_ENV: 'production' })).toEqual([
      expect.stringContaining('OTP_ALLOW_MOCK_IN_PRODUCTION=1'),
    ]);
    expect(readConfig({ NODE_ENV: 'production', OTP_ALLOW_MOCK_IN_PRODUCTION: '1' }).config.OTP_MODE).toBe(
      'mock',
    );
    expect(readConfig({ NODE_ENV: 'test' }).config.OTP_MODE).toBe('mock');
  });
});
