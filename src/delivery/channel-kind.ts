import type { TProperties } from '@sinclair/typebox';
import type { Clock } from '../core/clock.ts';
import type { SettingsOf } from '../core/settings.ts';
import type { Sender } from './channel.ts';

/** A kind of channel, with everything that the rest of the service needs to know about it. */
export interface ChannelKind<S extends TProperties> {
  /** Its name in requests, settings, events and metrics. */
  readonly name: string;
  readonly settings: S;
  /** The setting that turns the channel on. */
  readonly on: keyof S;
  /** The setting that must come with it. */
  readonly needs: keyof S;
  readonly address: AddressRule;
  /** Opens the channel; the settings are valid, and `on` and `needs` are set. */
  open(settings: SettingsOf<S>, parts: ChannelParts): Sender;
}

/** What counts as an address. */
export interface AddressRule {
  /** For the caller, after "must be". */
  readonly rule: string;
  isValid(address: string): boolean;
}

/** What every channel may use. */
export interface ChannelParts {
  /** What messages call the service that the code is for. */
  readonly serviceName: string;
  readonly clock: Clock;
  /** Real time, in milliseconds since the epoch, wherever a test has moved service time. */
  readonly realTime: () => number;
}
