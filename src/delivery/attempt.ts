import type { Clock } from '../core/clock.ts';
import { DeliveryFailure } from './channel.ts';

/** How long a provider may take over a message, in milliseconds. */
const DEADLINE_MS = 10_000;

/**
 * Has `send` try to bring a message to its provider, within the deadline, whether it heeds its signal or not.
 *
 * @param left aborts when nobody is interested any more
 * @param onBug told of whatever `send` throws that is no DeliveryFailure
 * @returns why the provider has not taken it, if it has not
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
