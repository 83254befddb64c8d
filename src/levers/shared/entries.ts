import type { OtpEvent } from '../../core/events.ts';
import type { Told } from '../events/history.ts';
import type { Filter } from '../inbox/inbox.ts';

/** What one replica tells all, itself among them; `by` is the one that tells. */
export type Entry =
  | { readonly does: 'happen'; readonly event: Told }
  /** Drops messages; `token` is for whoever wants to know how many. */
  | { readonly does: 'empty'; readonly filter: Filter; readonly token: string }
  /** Forgets all, or what is one user's. */
  | { readonly does: 'forget'; readonly user?: string | undefined; readonly by: string }
  /** All codes have ended: service time has been set back. */
  | { readonly does: 'end'; readonly by: string };

/** Whether an event is one that others hear of. */
export function isTold(event: OtpEvent): event is Told {
  return event.type !== 'wheel.ticked';
}
