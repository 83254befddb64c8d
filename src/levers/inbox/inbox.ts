import type { Clock } from '../../core/clock.ts';
import type { OtpEvent } from '../../core/events.ts';
import { RecentMap } from '../recent-map.ts';
import { codeMessage, type InboxMessage, textMessage } from './message.ts';

/** How many messages are kept. */
const KEPT = 1_000;

/** How many sends of one code are kept, the last ones: each is in every answer that shows the message. */
const SENDS_KEPT = 100;

/** Whose messages; absent fields match all. */
export interface Filter {
  readonly user?: string | undefined;
  readonly purpose?: string | undefined;
}

interface Waiter {
  readonly wants: (message: InboxMessage) => boolean;
  readonly take: (message: InboxMessage) => void;
}

/** What an event changes in its code's message. */
const CHANGES: Readonly<Partial<Record<OtpEvent['type'], Partial<InboxMessage>>>> = {
  'otp.verified': { state: 'verified' },
  'otp.expired': { state: 'expired' },
  'otp.replaced': { state: 'replaced' },
  'otp.cancelled': { state: 'cancelled' },
  'otp.locked': { state: 'locked' },
  'otp.delivered': { delivery: 'delivered' },
  'otp.delivery_failed': { delivery: 'failed' },
};

/** A guess that a code's own limits refused shows that no more are taken. */
function changeOf(event: OtpEvent): Partial<InboxMessage> | undefined {
  return event.type === 'otp.rejected' && event.reason === 'locked'
    ? { state: 'locked' }
    : CHANGES[event.type];
}

/**
 * The inbox: the messages that users would get, for a test to read. It keeps the last 1,000 codes with what became of
 * each, and lets a test wait for its own.
 */
export class Inbox {
  readonly #clock: Clock;
  /** By id, oldest first. */
  readonly #messages = new RecentMap<InboxMessage>(KEPT);
  /** By the code's id: ends that came before their message. Two replicas may tell of one code in either order. */
  readonly #earlyEnds = new RecentMap<OtpEvent>(KEPT);
  /** By user: a new message is compared only with the waiters of its user. */
  readonly #waiters = new Map<string, Set<Waiter>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  onEvent(event: OtpEvent): void {
    if (event.type === 'otp.requested' || event.type === 'otp.resent') this.#sent(codeMessage(event));
    if (event.type === 'message.sent') this.#add(textMessage(event));
    const change = changeOf(event);
    if (change === undefined || !('otp' in event) || event.otp === undefined) return;
    const message = this.#messages.get(event.otp);
    if (message === undefined) {
      if (change.state) this.#earlyEnds.set(event.otp, event);
      return;
    }
    const { state = message.state, delivery = message.delivery } = change;
    message.state = state;
    message.delivery = delivery;
    if (event.type === 'otp.expired') message.expiresAt = event.expiresAt;
  }

  /** The message of a code; undefined if it is no longer kept. */
  get(id: string): InboxMessage | undefined {
    const message = this.#messages.get(id);
    return message && this.#asOfNow(message);
  }

  /** The newest messages, newest first. */
  list(filter: Filter, limit = KEPT): InboxMessage[] {
    const wanted = wants(filter);
    return [...this.#messages.values()].filter(wanted).reverse().slice(0, limit).map(this.#asOfNow);
  }

  /**
   * The first message newer than the one with the id `after`, as soon as there is one. `0` and unknown ids, such as those
   * of an earlier run, are older than all. Without `after`: the newest pending message, or the next one.
   *
   * @returns undefined once `signal` aborts
   */
  async next(
    filter: Filter & { user: string },
    after: string | undefined,
    signal: AbortSignal,
  ): Promise<InboxMessage | undefined> {
    const wanted = wants(filter);
    const found = after === undefined ? this.list(filter).find(isOpen) : this.#newerThan(after).find(wanted);
    const isNext = (it: InboxMessage) =>
      wanted(it) && (after === undefined ? isOpen(it) : (isLater(it.id, after) ?? true));
    const message = found ?? (await this.#wait(filter.user, isNext, signal));
    return message && this.#asOfNow(message);
  }

  /** Drops messages. @returns how many */
  clear(filter: Filter = {}): number {
    const dropped = this.list(filter);
    for (const { id } of dropped) this.#messages.delete(id);
    return dropped.length;
  }

  /** Marks all pending messages as cancelled: their codes are forgotten. */
  cancelAll(): void {
    for (const message of this.#messages.values())
      if (this.#asOfNow(message).state === 'pending') message.state = 'cancelled';
  }

  /** Notes that a code was sent, for the first time or again. Two replicas may tell of its sends in either order. */
  #sent(message: InboxMessage): void {
    const known = this.#messages.get(message.id);
    if (known === undefined) {
      this.#add(message);
      return;
    }
    const { channel, to, delivery, via } = message;
    const isLast = known.sends.every(({ time }) => time <= message.createdAt);
    if (isLast) Object.assign(known, { channel, to, delivery, via });
    const sends = [...known.sends, ...message.sends].sort((one, other) => one.time - other.time);
    known.sends = sends.slice(-SENDS_KEPT);
    known.createdAt = Math.min(known.createdAt, message.createdAt);
  }

  #newerThan(id: string): InboxMessage[] {
    const messages = [...this.#messages.values()];
    const index = messages.findIndex((message) => message.id === id);
    return messages.filter((message, i) => isLater(message.id, id) ?? i > index);
  }

  #add(message: InboxMessage): void {
    this.#messages.set(message.id, message);
    const end = this.#earlyEnds.get(message.id);
    if (end !== undefined) this.onEvent(end);
    this.#waiters.get(message.user)?.forEach((waiter) => {
      if (waiter.wants(message)) waiter.take(message);
    });
  }

  #wait(user: string, wants: Waiter['wants'], signal: AbortSignal): Promise<InboxMessage | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      const waiters = this.#waiters.get(user) ?? new Set();
      this.#waiters.set(user, waiters);
      const leave = (message?: InboxMessage) => {
        waiters.delete(waiter);
        if (waiters.size === 0) this.#waiters.delete(user);
        signal.removeEventListener('abort', giveUp);
        resolve(message);
      };
      const giveUp = () => leave();
      const waiter = { wants, take: leave };
      waiters.add(waiter);
      signal.addEventListener('abort', giveUp);
    });
  }

  /** A copy for a reader. A code whose deadline has come is expired, though that may not be announced yet. */
  readonly #asOfNow = (message: InboxMessage): InboxMessage => {
    const isOver = message.state === 'pending' && this.#clock.now() >= message.expiresAt;
    return { ...message, ...(isOver && { state: 'expired' }) };
  };
}

/** Whether a message may be one that a test waits for without naming an earlier one. */
function isOpen({ state }: InboxMessage): boolean {
  return state === 'pending' || state === 'sent';
}

/** Whether a code was issued after another, by their numbers; undefined if they were not counted together. */
function isLater(id: string, other = ''): boolean | undefined {
  const [series, number] = id.split('-c');
  const [otherSeries, otherNumber] = other.split('-c');
  return series === otherSeries ? Number(number) > Number(otherNumber) : undefined;
}

function wants({ user, purpose }: Filter): (message: InboxMessage) => boolean {
  return (it) => (user ?? it.user) === it.user && (purpose ?? it.purpose) === it.purpose;
}
