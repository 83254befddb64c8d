import type { Config } from '../settings.ts';
import type { Policy } from './store.ts';

/** The limits that the settings ask for, in milliseconds where they are times. */
export function policyOf(config: Config): Policy {
  return {
    guesses: {
      maxAttempts: config.OTP_MAX_ATTEMPTS,
      lockoutMs: config.OTP_LOCKOUT * 1_000,
      // Else the lock would tell who has a code from who has none.
      everyGuessCounts: config.OTP_MODE === 'strict',
    },
    sends: {
      cooldownMs: config.OTP_RESEND_COOLDOWN * 1_000,
      limit: config.OTP_SEND_LIMIT,
      windowMs: config.OTP_SEND_WINDOW * 1_000,
    },
    maxRecords: config.OTP_MAX_LIVE,
  };
}
