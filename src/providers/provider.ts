import type { Clock } from '../core/clock.ts';
import type { EventBus } from '../core/event-bus.ts';
import type { Announce, OtpEvent } from '../core/events.ts';
import type { OtpService } from '../core/otp-service.ts';
import type { Strike } from '../levers/faults/hook.ts';
import type { Inbox } from '../levers/inbox/inbox.ts';
import type { List } from '../levers/list/list.ts';

/** What providers stand on. */
export interface ProviderParts {
  readonly otps: OtpService;
  readonly inbox: Pick<Inbox, 'get' | 'list'>;
  readonly bus: EventBus<OtpEvent>;
  readonly announce: Announce;
  readonly clock: Clock;
  /** Makes one call fail if a test wants it so. */
  readonly strike: Strike;
  /** Opens a list that holds over replicas and that a reset empties. */
  readonly list: <T>(name: string) => List<T>;
  /** Makes the ids of texts. */
  readonly nextMessageId: () => string;
  /** The keys of which a call must have one as its password or token; any will do if there are none. */
  readonly keys: readonly string[];
}

/** An E.164 number. */
export function isPhoneNumber(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text);
}

/** What to verify a guess as: one that no code can be, since none is that short, in place of what is no code at all. */
export function guessOf(text: string): string {
  return /^\d{4,10}$/.test(text) ? text : '0';
}
