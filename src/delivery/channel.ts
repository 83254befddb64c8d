import type { TProperties } from '@sinclair/typebox';
import type { Clock } from '../core/clock.ts';
import type { SettingsOf } from '../core/settings.ts';
import type { ChannelName } from './channels.ts';

/** Most messages that a channel is given at once. */
export const SENDS_AT_ONCE = 8;

/** A kind of channel, with everything that the rest of the service needs to know about it. */
export interface ChannelKind<S extends TProperties> {
  /** Its name in requests, settings, events and metrics. */
  readonly name: string;
  readonly settings: S;
  /** The setting that turns the channel on. */
  readonly on: keyof S;
  /** The setting that must come with it. */
  readonly needs: keyof S;
  /** What counts as an address. The caller reads the rule after "must be". */
  readonly address: {
    readonly rule: string;
    isValid(address: string): boolean;
    /** Whether addresses that differ in case alone are one. */
    readonly ignoresCase: boolean;
  };
  /** Opens the channel; the settings are valid, and `on` and `needs` are set. */
  open(settings: SettingsOf<S>, parts: ChannelParts): Sender;
}

/** What every channel may use. */
export interface ChannelParts {
  /** What messages call the service that the code is for. */
  readonly serviceName: string;
  readonly clock: Clock;
  /** Real time, in milliseconds since the epoch, wherever a test has moved service time. */
  readonly realTime: () => number;
}

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

/** How long a message's code is still valid, in words: "1 minute", "5 minutes". */
export function timeLeft({ expiresAt }: Message, clock: Clock): string {
  const minutes = Math.max(1, Math.round((expiresAt - clock.now()) / 60_000));
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
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
