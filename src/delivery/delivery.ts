import type { Clock } from '../core/clock.ts';
import { type Announce, type Destination, type OtpEvent, ofCode } from '../core/events.ts';
import type { Log } from '../log/log.ts';
import type { Config } from '../settings.ts';
import { ADDRESSES } from './addresses.ts';
import type { Channel, ChannelName, Fault, Message } from './channel.ts';
import { CHANNEL_SETTINGS, usualChannel } from './configured-channels.ts';
import type { DeliveryFailureReason } from './facts.ts';
import type { Mishaps } from './mishap.ts';
import { DeliveryQueue, type QueueParts } from './queue.ts';

export interface DeliveryParts {
  readonly channels: readonly Channel[];
  readonly config: Config;
  /** Service time for the lives of codes, real time for waits. */
  readonly clock: Clock;
  readonly log: Log;
  readonly announce: Announce;
  /** What a test wants to go wrong. */
  readonly mishaps?: Mishaps;
}

/** Where a caller wants a code to go. */
export interface Wish {
  readonly user: string;
  readonly channel?: ChannelName | 'none' | undefined;
  readonly to?: string | undefined;
}

/** Where a code goes, if anywhere; or which field of the request says it wrong, and what it must be. */
export type Addressed =
  | { readonly destination: Destination | undefined }
  | { readonly wrong: { readonly field: string; readonly detail: string } };

/** How often to look whether the queues are empty, in milliseconds. */
const LOOK_MS = 20;

const ENDINGS: Readonly<Partial<Record<OtpEvent['type'], DeliveryFailureReason>>> = {
  'otp.verified': 'verified',
  'otp.expired': 'expired',
  'otp.replaced': 'replaced',
  'otp.cancelled': 'cancelled',
  'otp.locked': 'locked',
};

/**
 * Delivery: brings codes to people, by the channels there are, each with a queue of its own.
 *
 * It hears of codes and of their ends as everybody does, by events, and nobody waits for it. A request asks only
 * where its code would go, and for a place.
 */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #queues: ReadonlyMap<string, DeliveryQueue>;
  readonly #usual: ChannelName | undefined;

  constructor(parts: DeliveryParts) {
    const { channels, config, clock, log, mishaps } = parts;
    this.#parts = parts;
    this.#queues = new Map(
      channels.map((channel) => {
        const report: QueueParts['report'] = (...outcome) => this.#report(channel, ...outcome);
        return [channel.name, new DeliveryQueue(channel, { clock, log, report, mishaps })];
      }),
    );
    this.#usual = usualChannel(
      config,
      channels.map(({ name }) => name),
    );
  }

  /** Finds out where a code goes: by the channel named, or else the usual one, to the address named, or else the user. */
  address({ user, channel = this.#usual ?? 'none', to }: Wish): Addressed {
    if (channel === 'none') {
      if (this.#parts.config.OTP_MODE === 'mock') return { destination: undefined };
      return { wrong: { field: '/channel', detail: 'must not be "none" in strict mode' } };
    }
    if (!this.#queues.has(channel)) {
      const detail = `must be one that is configured; for "${channel}" the service needs ${CHANNEL_SETTINGS[channel].on}`;
      return { wrong: { field: '/channel', detail } };
    }
    const { rule, holds } = ADDRESSES[channel];
    const address = to ?? user;
    if (holds(address)) return { destination: { channel, to: address } };
    const detail = `must be ${rule}${to === undefined ? ', where the user is none' : ''}`;
    return { wrong: { field: '/to', detail } };
  }

  /**
   * Issues a code with a place kept for its message.
   *
   * @returns undefined if its channel takes no more: then nothing is issued
   */
  issue<T>(destination: Destination | undefined, issue: () => Promise<T>): Promise<T | undefined> {
    const queue = destination && this.#queues.get(destination.channel);
    return queue === undefined ? issue() : queue.withPlace(issue);
  }

  /** Hears what happens to codes. */
  hear(event: OtpEvent): void {
    const reason = ENDINGS[event.type];
    if (event.type === 'otp.requested') {
      const { otp: id, user, purpose, code, expiresAt, requestId, destination } = event;
      if (destination === undefined) return;
      const message = { id, user, purpose, to: destination.to, code, expiresAt, requestId };
      this.#queues.get(destination.channel)?.add(message);
    } else if (reason !== undefined && 'otp' in event && event.otp !== undefined) {
      for (const queue of this.#queues.values()) queue.drop(event.otp, reason);
    }
  }

  /** Forgets all messages, or those to one user, at the call and without a word; resolves when all is given up. */
  async forget(user?: string): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.forget(user)));
  }

  /** Resolves once no message is left, or when `signal` aborts. */
  async empty(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const isEmpty = () => [...this.#queues.values()].every(({ size }) => size === 0);
    while (!isEmpty() && !signal.aborted) await clock.sleep(LOOK_MS, signal);
  }

  /** Drops what is left, says how much that is, and closes the channels. Nothing is delivered from now on. */
  async close(): Promise<void> {
    const { channels, log } = this.#parts;
    for (const [channel, queue] of this.#queues) {
      const count = await queue.end('shutdown');
      if (count > 0) log.warn('messages were dropped: the service stops', { channel, count });
    }
    for (const channel of channels) channel.close();
  }

  #report({ name: channel }: Channel, message: Message, reason?: DeliveryFailureReason, fault?: Fault): void {
    const { requestId } = message;
    const of = { channel, ...ofCode(message, { ...(requestId !== undefined && { requestId }) }) };
    this.#parts.announce(
      reason === undefined
        ? { type: 'otp.delivered', ...of }
        : { type: 'otp.delivery_failed', reason, ...(fault && { fault }), ...of },
    );
  }
}
