import type { Clock } from '../../core/clock.ts';
import type { OtpEvent } from '../../core/events.ts';

/** How many messages are kept. */
const KEPT = 1_000;

/** What has become of a code. */
export type MessageState = 'pending' | 'verified' | 'expired' | 'replaced' | 'cancelled' | 'locked';

/** A code as its user would get it. Times are service time, in milliseconds since the epoch. */
export interface InboxMessage {
  /** The code's id. */
  readonly id: string;
  readonly user: string;
  readonly purpose: string;
  readonly code: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly state: MessageState;
  /** How the code is brought to its user beside the inbox, and where to; `none` and absent if it is not. */
  readonly channel: string;
  readonly to?: string;
  readonly delivery: DeliveryState;
}

/** How far the bringing of a code has come. */
export type DeliveryState = 'none' | 'queued' | 'delivered' | 'failed';

/** Whose messages; absent parts stand for all. */
export interface Filter {
  readonly user?: string | undefined;
  readonly purpose?: string | undefined;
}

/** A message changes where it is kept; whoever reads it gets a copy. */
type KeptMessage = { -readonly [Name in keyof InboxMessage]: InboxMessage[Name] };

interface Waiter {
  readonly wants: (message: InboxMessage) => boolean;
  readonly take: (message: InboxMessage) => void;
}

/** What an event changes in the message of its code. */
const CHANGES: Readonly<Partial<Record<OtpEvent['type'], Partial<InboxMessage>>>> = {
  'otp.verified': { state: 'verified' },
  'otp.expired': { state: 'expired' },
  'otp.replaced': { state: 'replaced' },
  'otp.cancelled': { state: 'cancelled' },
  'otp.locked': { state: 'locked' },
  'otp.delivered': { delivery: 'delivered' },
  'otp.delivery_failed': { delivery: 'failed' },
};

/**
 * The inbox: what users would find on their phones, for a test to read. It keeps the last 1,000 codes with
 * what became of each, and lets a test wait for the one that is meant for it.
 */
export class Inbox {
  readonly #clock: Clock;
  /** By id, oldest first. */
  readonly #messages = new Map<string, KeptMessage>();
  /** Comes by the oldest next. One made anew would first step over the places of many that were dropped. */
  readonly #oldest = this.#messages.keys();
  /** By user: a new message is compared with those who wait for its user alone. */
  readonly #waiters = new Map<string, Set<Waiter>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many calls wait. */
  get waiting(): number {
    return [...this.#waiters.values()].reduce((sum, waiters) => sum + waiters.size, 0);
  }

  hear(event: OtpEvent): void {
    if (event.type === 'otp.requested') {
      const { otp: id, user, purpose, code, time: createdAt, expiresAt, destination } = event;
      const delivery = destination
        ? ({ ...destination, delivery: 'queued' } as const)
        : ({ channel: 'none', delivery: 'none' } as const);
      this.#add({ id, user, purpose, code, createdAt, expiresAt, state: 'pending', ...delivery });
      return;
    }
    const change = CHANGES[event.type];
    const message = 'otp' in event && event.otp !== undefined ? this.#messages.get(event.otp) : undefined;
    if (message === undefined || change === undefined) return;
    Object.assign(message, change);
    if (event.type === 'otp.expired') message.expiresAt = event.expiresAt;
  }

  /** The newest messages, newest first. */
  list(filter: Filter, limit = KEPT): InboxMessage[] {
    const wanted = wants(filter);
    return [...this.#messages.values()].filter(wanted).reverse().slice(0, limit).map(this.#asOfNow);
  }

  /**
   * The first message newer than the one with the id `after`, as soon as there is one; `0` and ids that nobody
   * knows, as those of an earlier run, are older than all. Without `after`: the newest one whose code is good, or else the next.
   *
   * @returns undefined once `signal` aborts
   */
  async next(
    filter: Filter & { user: string },
    after: string | undefined,
    signal: AbortSignal,
  ): Promise<InboxMessage | undefined> {
    const wanted = wants(filter);
    const found =
      after === undefined
        ? this.list(filter).find(({ state }) => state === 'pending')
        : this.#newerThan(after).find(wanted);
    const isNext = (it: InboxMessage) => wanted(it) && (isLater(it.id, after) ?? true);
    const message = found ?? (await this.#wait(filter.user, isNext, signal));
    return message && this.#asOfNow(message);
  }

  /** Drops messages. @returns how many */
  clear(filter: Filter = {}): number {
    const dropped = this.list(filter);
    for (const { id } of dropped) this.#messages.delete(id);
    return dropped.length;
  }

  /** Marks all whose code is still good as cancelled, for codes that were forgotten. */
  cancelAll(): void {
    for (const message of this.#messages.values())
      if (this.#asOfNow(message).state === 'pending') message.state = 'cancelled';
  }

  #newerThan(id: string): InboxMessage[] {
    const messages = [...this.#messages.values()];
    const place = messages.findIndex((message) => message.id === id);
    return messages.filter((message, i) => isLater(message.id, id) ?? i > place);
  }

  #add(message: KeptMessage): void {
    this.#messages.set(message.id, message);
    const oldest = this.#messages.size > KEPT ? this.#oldest.next().value : undefined;
    if (oldest !== undefined) this.#messages.delete(oldest);
    for (const waiter of this.#waiters.get(message.user) ?? [])
      if (waiter.wants(message)) waiter.take(message);
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

  /** What the clock says of a code comes before what was announced of it so far. */
  readonly #asOfNow = (message: KeptMessage): InboxMessage => {
    const isOver = message.state === 'pending' && this.#clock.now() >= message.expiresAt;
    return { ...message, ...(isOver && { state: 'expired' }) };
  };
}

/** Whether a code was made after another, by its number; undefined where they were not counted together. */
function isLater(id: string, other = ''): boolean | undefined {
  const [series, number] = id.split('-c');
  const [otherSeries, otherNumber] = other.split('-c');
  return series === otherSeries ? Number(number) > Number(otherNumber) : undefined;
}

function wants({ user, purpose }: Filter): (message: InboxMessage) => boolean {
  return (it) => (user ?? it.user) === it.user && (purpose ?? it.purpose) === it.purpose;
}
