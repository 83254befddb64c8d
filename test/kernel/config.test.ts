import { describe, expect, test } from 'bun:test';
import { ConfigError, readConfig } from '../../src/kernel/config.ts';

/** What a bad environment is refused with, a line a reason. */
function refusal(env: Record<string, string>): string[] {
  try {
    readConfig(env);
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
        SHUTDOWN_DRAIN: 0,
        LOG_LEVEL: 'info',
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
        OTP_MODE: 'strict',
      }),
    ).toEqual([
      '  - PORT must be a whole number from 0 to 65535, not 99999',
      '  - OTP_MODE must be "mock", not "strict"',
      '  - OTP_TTL must be a whole number from 1 to 31622400, not "5m"',
      '  - OTP_LENGTH must be a whole number from 4 to 10, not 3',
      '  - SHUTDOWN_DRAIN must be a whole number from 0 to 3600, not "-1"',
      '  - LOG_LEVEL must be "info" or "warn" or "error", not "loud"',
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
});
