import type { ChannelName } from './channels.ts';

/** Most messages that a channel is given at once. */
export const SENDS_AT_ONCE = 8;

/** The open end of a channel: hands messages to the provider. */
export interface Sender {
  /**
   * Hands a message to the provider, and resolves once the provider has accepted it.
   *
   * @param signal aborts when the answer no longer matters
   * @throws DeliveryFailure if the provider did not accept it; any other error is a bug
   */
  send(message: Message, signal: AbortSignal): Promise<void>;
  /** Releases connections, at once. */
  close(): void;
}

/** A way to deliver codes. */
export interface Channel extends Sender {
  readonly name: ChannelName;
}

/** A code on its way to its user. */
export interface Message {
  /** The code's id: the same on every attempt. */
  readonly id: string;
  readonly user: string;
  readonly purpose: string;
  /** An address that is valid for the channel. */
  readonly to: string;
  readonly code: string;
  /** Service time, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The request that asked for it. */
  readonly requestId?: string | undefined;
}

/** Why an attempt failed. */
export type AttemptFailure =
  /** No connection, or it broke. */
  | 'unreachable'
  /** No answer before the deadline. */
  | 'timeout'
  /** The provider accepts no more messages for now. */
  | 'busy'
  /** The provider failed, and says that this is temporary. */
  | 'provider_error'
  /** The provider refuses this message, or all of ours. */
  | 'refused'
  /** The endpoint says that it no longer exists. */
  | 'gone'
  /** A bug of ours. */
  | 'internal';

const TEMPORARY: readonly AttemptFailure[] = ['unreachable', 'timeout', 'busy', 'provider_error'];

/** An attempt failed. Never includes the provider's text, which may contain the code. */
export class DeliveryFailure extends Error {
  override name = 'DeliveryFailure';

  /** @param pauseMs how long the provider asks us to wait, in milliseconds */
  constructor(
    readonly reason: AttemptFailure,
    readonly pauseMs?: number,
  ) {
    super(`the message was not delivered: ${reason}`);
  }

  /** Whether another attempt may succeed. */
  get temporary(): boolean {
    return TEMPORARY.includes(this.reason);
  }
}
