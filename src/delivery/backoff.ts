import { randomInt } from 'node:crypto';

/** Attempts for one message. With the waits between them they outlast a provider's outage of a minute. */
export const MAX_ATTEMPTS = 10;

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * How long to wait after so many attempts, in milliseconds: twice as long each time, up to half a minute. Half of it is
 * random, so that messages that failed together do not all return together.
 */
export function backOff(attempts: number): number {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
  return longest / 2 + randomInt(longest / 2 + 1);
}
