import type { Policy } from '../../src/core/store.ts';

/** No limits. */
export const UNLIMITED: Policy = {
  guesses: { maxAttempts: 0, lockoutMs: 300_000, everyGuessCounts: false },
  sends: { cooldownMs: 0, limit: 0, windowMs: 600_000 },
  maxRecords: Number.POSITIVE_INFINITY,
  maxCounts: Number.POSITIVE_INFINITY,
};

/** Five wrong guesses in a row lock for five minutes. No other limits. */
export const FIVE_ATTEMPTS: Policy = { ...UNLIMITED, guesses: { ...UNLIMITED.guesses, maxAttempts: 5 } };
