import { randomInt } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { DeliveryFailure } from './channel.ts';

/** Attempts for one message. With the waits between them they outlast a provider's outage of a minute. */
export const MAX_ATTEMPTS = 10;

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** Time limit for one attempt, in milliseconds. */
const DEADLINE_MS = 10_000;

/**
 * Makes one attempt to send. It ends at the deadline, whether `send` heeds its signal or not.
 *
 * @param left aborts when the outcome no longer matters
 * @param onBug receives an error of `send` that is not a DeliveryFailure
 * @returns why it failed; undefined if it succeeded
 */
export async function attempt(
  send: (signal: AbortSignal) => Promise<void>,
  clock: Clock,
  left: AbortSignal,
  onBug: (error: unknown) => void,
): Promise<DeliveryFailure | undefined> {
  const over = new AbortController();
  const signal = AbortSignal.any([left, over.signal]);
  const late = clock.sleep(DEADLINE_MS, signal).then(() => {
    throw new DeliveryFailure('timeout');
  });
  try {
    await Promise.race([send(signal), late]);
    return undefined;
  } catch (error) {
    if (error instanceof DeliveryFailure) return error;
    onBug(error);
    return new DeliveryFailure('internal');
  } finally {
    over.abort();
  }
}

/**
 * How long to wait after so many attempts, in milliseconds: twice as long each time, up to half a minute. Half of it is
 * random, so that messages that failed together do not all return together.
 */
export function backOff(attempts: number): number {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
  return longest / 2 + randomInt(longest / 2 + 1);
}
