import type { Clock } from '../kernel/clock.ts';
import { ticks } from '../kernel/ticker.ts';
import type { Store } from '../store/store.ts';
import { type Announce, ofCode } from './events.ts';

/** Steps between two breaths: about a millisecond's work, whoever listens included. */
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
export async function runExpiry(parts: ExpiryParts, signal: AbortSignal): Promise<void> {
  for await (const _ of ticks(parts.clock, signal)) {
    try {
      await expireDue(parts, signal);
    } catch (error) {
      parts.onError(error);
    }
  }
}

/** Ends and announces what is due now, in batches, with the event loop free to serve requests between them. */
async function expireDue({ store, clock, announce }: ExpiryParts, signal: AbortSignal): Promise<void> {
  let expired = 0;
  try {
    for (let more = true; more && !signal.aborted; ) {
      const batch = await store.expire(BATCH);
      // Nothing waits between the answer and the announcements: a request served meanwhile would be announced first.
      for (const otp of batch.expired) announce({ type: 'otp.expired', ...ofCode(otp) });
      expired += batch.expired.length;
      more = batch.more;
      if (more) await clock.breathe();
    }
  } finally {
    if (expired > 0) announce({ type: 'wheel.ticked', expired });
  }
}
