import type { AttemptFailure } from './channel.ts';

/** How a code can end while its message is in the queue. Each is a fact of the core, after `otp.`. */
export const CODE_ENDS = ['verified', 'expired', 'replaced', 'cancelled', 'locked'] as const;

export type CodeEnd = (typeof CODE_ENDS)[number];

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
