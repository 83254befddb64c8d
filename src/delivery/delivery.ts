import type { Destination, OtpEvent } from '../core/events.ts';
import type { CoreSettings } from '../core/settings.ts';
import type { Channel } from './channel.ts';
import { CHANNELS, type ChannelName } from './channels.ts';
import { CODE_ENDS, type CodeEnd } from './facts.ts';
import { DeliveryQueue, type QueueParts } from './queue.ts';
import type { DeliverySettings } from './settings.ts';

export interface DeliveryParts extends QueueParts {
  readonly channels: readonly Channel[];
  readonly config: Pick<CoreSettings & DeliverySettings, 'OTP_MODE' | 'OTP_CHANNEL'>;
}

/** Where a caller wants a code delivered. */
interface DeliveryRequest {
  readonly user: string;
  readonly channel?: ChannelName | 'none' | undefined;
  readonly to?: string | undefined;
}

/**
 * Where a code goes, if anywhere, and its address in the form that limits on sends count; or which field of the request
 * is wrong, and what it must be.
 */
type ResolvedDestination =
  | { readonly destination: Destination | undefined; readonly address?: string }
  | { readonly wrong: { readonly field: string; readonly detail: string } };

/** How a code has ended, by the type of the event that says so. */
const ENDS = new Map<string, CodeEnd>(CODE_ENDS.map((end) => [`otp.${end}`, end]));

/** How often to check whether the queues are empty, in milliseconds. */
const CHECK_MS = 20;

/**
 * Delivers codes over the open channels, each with a queue of its own.
 *
 * It learns of codes and their ends from events, like any subscriber, and no request waits for it. A request only asks
 * where its code would go, and for room in the queue.
 */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #queues: ReadonlyMap<string, DeliveryQueue>;
  /** The channel of a request that names none. */
  readonly #default: ChannelName | 'none';

  constructor(parts: DeliveryParts) {
    const { channels, config } = parts;
    this.#parts = parts;
    this.#queues = new Map(channels.map((channel) => [channel.name, new DeliveryQueue(channel, parts)]));
    const onlyOne = config.OTP_MODE === 'strict' && config.OTP_CHANNEL === 'none' ? channels[0] : undefined;
    this.#default = onlyOne?.name ?? config.OTP_CHANNEL;
  }

  /** Resolves where a code goes. Without a channel, that is the default one; without an address, the user. */
  resolve({ user, channel = this.#default, to }: DeliveryRequest): ResolvedDestination {
    const kind = CHANNELS.find(({ name }) => name === channel);
    if (kind === undefined) {
      if (this.#parts.config.OTP_MODE === 'mock') return { destination: undefined };
      return { wrong: { field: '/channel', detail: 'must not be "none" in strict mode' } };
    }
    const { on, address } = kind;
    if (!this.#queues.has(channel)) {
      const detail = `must be a configured channel; "${channel}" needs the setting ${on}`;
      return { wrong: { field: '/channel', detail } };
    }
    const destination = { channel, to: to ?? user };
    if (address.isValid(destination.to))
      return { destination, address: address.ignoresCase ? destination.to.toLowerCase() : destination.to };
    const detail = `must be ${address.rule}${to === undefined ? '; the user is not one' : ''}`;
    return { wrong: { field: '/to', detail } };
  }

  /**
   * Issues a code with room reserved for its message.
   *
   * @returns undefined if the channel's queue is full: then no code is issued
   */
  issue<T>(destination: Destination | undefined, issue: () => Promise<T>): Promise<T | undefined> {
    const queue = destination && this.#queues.get(destination.channel);
    return queue === undefined ? issue() : queue.withRoom(issue);
  }

  /** Queues the message of a code that is sent, and drops that of a code that has ended: at the event, or at the next tick. */
  onEvent(event: OtpEvent): void {
    if (event.type === 'wheel.ticked') for (const queue of this.#queues.values()) queue.dropExpired();
    if (event.type === 'otp.requested' || event.type === 'otp.resent') {
      const { otp: id, user, purpose, code, expiresAt, requestId, destination } = event;
      if (destination === undefined) return;
      const message = { id, user, purpose, to: destination.to, code, expiresAt, requestId };
      this.#queues.get(destination.channel)?.add(message);
      return;
    }
    const end = ENDS.get(event.type);
    if (end === undefined || !('otp' in event) || event.otp === undefined) return;
    for (const queue of this.#queues.values()) queue.drop(event.otp, end);
  }

  /** Forgets all messages, or one user's, at the call and without an event; resolves when their attempts are aborted. */
  async forget(user?: string): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.forget(user)));
  }

  /** Resolves once no message is left, or when `signal` aborts. */
  async drained(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const isEmpty = () => [...this.#queues.values()].every(({ size }) => size === 0);
    while (!isEmpty() && !signal.aborted) await clock.sleep(CHECK_MS, signal);
  }

  /** Drops the messages that are left, logs how many, and closes the channels. Nothing is delivered any more. */
  async close(): Promise<void> {
    const { channels, log } = this.#parts;
    for (const [channel, queue] of this.#queues) {
      const count = await queue.end('shutdown');
      if (count > 0) log.warn('messages were dropped because the service stops', { channel, count });
    }
    for (const channel of channels) channel.close();
  }
}
