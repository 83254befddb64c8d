import type { Message } from './channel.ts';

/** What a test makes go wrong with a message, to see late, lost and duplicate ones. */
export interface DeliveryFault {
  /** It waits this long before its first attempt: real time, in milliseconds. */
  readonly delayMs?: number | undefined;
  /** It is not sent, and counts as failed. */
  readonly fail?: boolean | undefined;
  /** It is not sent, and counts as delivered. */
  readonly drop?: boolean | undefined;
  /** It is sent twice. */
  readonly duplicate?: boolean | undefined;
}

/** Looks up the fault for a message; called once for each. */
export type FindFault = (message: Message) => Promise<DeliveryFault | undefined>;

/** How often each attempt sends a message with this fault, in a channel that works. */
export function copiesWith({ drop, duplicate }: DeliveryFault): number {
  if (drop) return 0;
  return duplicate ? 2 : 1;
}
