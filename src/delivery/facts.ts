/** Why a code was not delivered: what the provider did, what became of the code first, or what stopped the service. */
export type DeliveryFailureReason =
  | 'unreachable'
  | 'timeout'
  | 'busy'
  | 'provider_error'
  | 'refused'
  | 'gone'
  | 'expired'
  | 'replaced'
  | 'cancelled'
  | 'verified'
  | 'locked'
  | 'shutdown'
  | 'internal'
  | 'injected_fault';

declare module '../core/events.ts' {
  interface Facts {
    'otp.delivered': OfCode & { readonly channel: string };
    'otp.delivery_failed': OfCode & {
      readonly channel: string;
      readonly reason: DeliveryFailureReason;
      /** What the last attempt failed with, if there was one. */
      readonly fault?: DeliveryFailureReason;
    };
  }
}
