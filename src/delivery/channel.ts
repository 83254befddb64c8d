import type { ChannelName } from './configured-channels.ts';

export type { ChannelName } from './configured-channels.ts';

/** A way by which codes reach people: e-mail, text messages, or an endpoint of the caller's own. */
export interface Channel {
  readonly name: ChannelName;
  /**
   * Hands a message to the provider, and resolves once that has taken it.
   *
   * @param signal aborts when nobody waits for the answer any more
   * @throws DeliveryFailure if the provider has not taken it; anything else is a bug
   */
  send(message: Message, signal: AbortSignal): Promise<void>;
  /** Gives up what it holds, at once. */
  close(): void;
}

/** A code on its way to its user. */
export interface Message {
  /** The code's id: the same on every try. */
  readonly id: string;
  readonly user: string;
  readonly purpose: string;
  /** An address of the channel's kind. */
  readonly to: string;
  readonly code: string;
  /** Service time, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The request that asked for it. */
  readonly requestId?: string | undefined;
}

/** Why a provider has not taken a message. */
export type Fault =
  /** No connection, or it broke off. */
  | 'unreachable'
  /** No answer before the deadline. */
  | 'timeout'
  /** It takes no more at the moment. */
  | 'busy'
  /** It failed, and says that this may pass. */
  | 'provider_error'
  /** It does not take this message, or none from us. */
  | 'refused'
  /** The endpoint says that it is there no more. */
  | 'gone'
  /** A bug of ours. */
  | 'internal';

/** Those that pass by themselves. */
const PASSING: readonly Fault[] = ['unreachable', 'timeout', 'busy', 'provider_error'];

/** A message was not delivered. It carries no word of the provider's, which might repeat the code. */
export class DeliveryFailure extends Error {
  override name = 'DeliveryFailure';

  /** @param pauseMs how long the provider wants to be left alone, if it says so */
  constructor(
    readonly fault: Fault,
    readonly pauseMs?: number,
  ) {
    super(`the message was not delivered: ${fault}`);
  }

  /** Whether another try is worth it. */
  get passing(): boolean {
    return PASSING.includes(this.fault);
  }
}
