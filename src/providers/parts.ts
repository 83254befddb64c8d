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
  /** A call must have one of these keys as its password or token. Without keys any will do. */
  readonly keys: readonly string[];
}
