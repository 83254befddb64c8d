import type { AttemptFailure } from './channel.ts';

/** How a code can end while its message is in the queue. */
export type CodeEnd = 'verified' | 'expired' | 'replaced' | 'cancelled' | 'locked';

/** Why a message was not delivered. */
export type DeliveryFailureReason = AttemptFailure | CodeEnd | 'shutdown' | 'injected_fault';

declare module '../core/events.ts' {
  interface Facts {
    'otp.delivered': OfCode & { readonly channel: string };
    'otp.delivery_failed': OfCode & {
      readonly channel: string;
      readonly reason: DeliveryFailureReason;
      /** Why the last attempt failed, if there was one. */
      readonly fault?: AttemptFailure;
    };
  }
}
