import { randomInt } from 'node:crypto';

/** Tries of one message, the first included. With the waits between them they outlast a provider's bad minute. */
export const MAX_TRIES = 10;

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * How long to wait after so many tries, in milliseconds: twice as long each time, up to half a minute. Half of it
 * is drawn by lot, so that messages that failed together do not all come back together.
 */
export function backOff(tries: number): number {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS);
  return longest / 2 + randomInt(longest / 2 + 1);
}
