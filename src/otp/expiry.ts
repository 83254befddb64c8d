import type { Clock } from '../kernel/clock.ts';
import { ticks } from '../kernel/ticker.ts';
import type { Otp, Store } from '../store/store.ts';
import { type Announce, ofCode } from './events.ts';

/** Codes ended between two breaths: about a millisecond's work, whoever listens included. */
const BATCH = 500;

export interface ExpiryParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly announce: Announce;
  /** Told of whatever a tick fails with. The next tick tries again. */
  readonly onError: (error: unknown) => void;
}

/**
 * The expiry loop, the goroutine's analogue: each second it ends the codes whose time is up and announces
 * them, until `signal` aborts. It outlives every failure: a code missed in one tick is due in the next.
 */
export async function runExpiry(
  { store, clock, announce, onError }: ExpiryParts,
  signal: AbortSignal,
): Promise<void> {
  for await (const _ of ticks(clock, signal)) {
    let expired = 0;
    try {
      for await (const batch of due(store, clock, signal)) {
        for (const otp of batch) announce({ type: 'otp.expired', ...ofCode(otp) });
        expired += batch.length;
      }
    } catch (error) {
      onError(error);
    }
    if (expired > 0) announce({ type: 'wheel.ticked', expired });
  }
}

/** What is due now, in batches, with the event loop free to serve requests between them. */
async function* due(store: Store, clock: Clock, signal: AbortSignal): AsyncGenerator<readonly Otp[]> {
  let more = true;
  while (more && !signal.aborted) {
    const batch = await store.expire(BATCH);
    yield batch.expired;
    more = batch.more;
    if (more) await clock.breathe();
  }
}
