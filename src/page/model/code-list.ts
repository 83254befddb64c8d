import type { CodeState, Delivery, Message, ServiceEvent } from './wire.ts';

/** A code as the page shows it. Its moments are in ms since the epoch, service time. */
export type Code = Omit<Message, 'createdAt' | 'expiresAt'> & {
  readonly createdAt: number;
  /** Infinity for a text, which never expires. */
  readonly expiresAt: number;
};

/** What to look for. */
export interface Search {
  /** Each of its words must be in the user, purpose, code, channel, address or provider, in any letter case. */
  readonly text: string;
  readonly pendingOnly: boolean;
}

/** The part of the list that is shown, and how much there is. */
export interface Excerpt {
  readonly codes: readonly Code[];
  /** How many of the kept codes match the search. */
  readonly matching: number;
}

/** What an event changes in its code. */
type Change = Partial<Pick<Code, 'state' | 'channel' | 'to' | 'delivery' | 'expiresAt'>>;

const CHANGES: Readonly<Partial<Record<ServiceEvent['type'], Change>>> = {
  'otp.verified': { state: 'verified' },
  'otp.replaced': { state: 'replaced' },
  'otp.cancelled': { state: 'cancelled' },
  'otp.locked': { state: 'locked' },
  'otp.delivered': { delivery: 'delivered' },
  'otp.delivery_failed': { delivery: 'failed' },
};

/** The inbox keeps as many. */
const KEPT = 1_000;

/**
 * The codes that the page knows. Events change them. An event costs the same with any number of codes: one lookup in a
 * map, and no rendering.
 *
 * The list starts from the inbox. Events arrive while the inbox loads, and its answer may be older or newer than any of
 * them. So they are applied again to the answer, which does no harm: an event counts once, and a code that has ended
 * stays ended.
 */
export class CodeList {
  /** Oldest first. */
  readonly #codes = new Map<string, Code>();
  /** The events since the inbox began to load; undefined unless it loads. */
  #sinceLoading: ServiceEvent[] | undefined;
  #total = 0;

  /** How many codes there were, kept or not, since the page opened, the inbox was emptied or the service began anew. */
  get total(): number {
    return this.#total;
  }

  /** All kept codes, oldest first. */
  all(): IterableIterator<Code> {
    return this.#codes.values();
  }

  get(id: string): Code | undefined {
    return this.#codes.get(id);
  }

  apply(event: ServiceEvent): void {
    this.#sinceLoading?.push(event);
    if (event.type === 'otp.requested' || event.type === 'otp.resent' || event.type === 'message.sent')
      this.#add(event);
    else if (event.type === 'mock.reset' || event.type === 'mock.inbox_emptied') this.#forget(event.user);
    else if (event.type === 'otp.expired')
      this.#change(event.otp, { state: 'expired', expiresAt: Date.parse(event.expiresAt) });
    // A code that has limits of its own is locked once they have refused a guess.
    else if (event.type === 'otp.rejected' && event.reason === 'locked' && event.otp !== undefined)
      this.#change(event.otp, { state: 'locked' });
    else if ('otp' in event && event.otp !== undefined) this.#change(event.otp, CHANGES[event.type]);
  }

  /** The inbox begins to load. Events from now on take precedence over its answer. */
  beginLoading(): void {
    this.#sinceLoading = [];
  }

  /**
   * Replaces all codes with the inbox, and applies the events since `beginLoading` to it.
   *
   * @param messages newest first; undefined if the inbox did not answer, which changes nothing
   */
  load(messages: readonly Message[] | undefined): void {
    const events = this.#sinceLoading ?? [];
    const total = this.#total;
    this.#sinceLoading = undefined;
    if (messages === undefined) return;
    this.#codes.clear();
    for (const { createdAt, expiresAt, ...message } of messages.toReversed())
      this.#codes.set(message.id, {
        ...message,
        createdAt: Date.parse(createdAt),
        expiresAt: deadline(expiresAt),
      });
    for (const event of events) this.apply(event);
    // An inbox that is not full has all there are: fewer than before if it was emptied, or if the service has restarted.
    this.#total = this.#codes.size < KEPT ? this.#codes.size : Math.max(total, KEPT);
  }

  /** At most `limit` codes that match, newest first. @param now service time, ms since the epoch */
  newest(limit: number, { text, pendingOnly }: Search, now: number): Excerpt {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const matching = [...this.#codes.values()].filter(
      (code) => (!pendingOnly || stateAt(code, now) === 'pending') && hasWords(code, words),
    );
    return { codes: matching.slice(-limit).reverse(), matching: matching.length };
  }

  /** How many of the kept codes are pending. @param now service time, ms since the epoch */
  pending(now: number): number {
    return this.#codes.values().reduce((count, code) => count + Number(stateAt(code, now) === 'pending'), 0);
  }

  #add(event: Extract<ServiceEvent, { type: 'otp.requested' | 'otp.resent' | 'message.sent' }>): void {
    const { user, purpose, code, provider, time, channel = 'none', to } = event;
    const isText = event.type === 'message.sent';
    const id = isText ? event.message : event.otp;
    const delivery: Delivery = {
      channel,
      ...(to !== undefined && { to }),
      // What a provider would send goes nowhere.
      delivery: to === undefined || provider !== undefined ? 'none' : 'queued',
    };
    // A resumed stream may repeat a code that the inbox has listed. One that is sent again keeps its place.
    if (this.#codes.has(id)) {
      if (event.type === 'otp.resent') this.#change(id, delivery);
      return;
    }
    const moments = {
      createdAt: Date.parse(time),
      expiresAt: deadline(isText ? undefined : event.expiresAt),
    };
    const told = { user, purpose, code, ...(provider !== undefined && { provider }) };
    this.#codes.set(id, { ...told, id, ...moments, state: isText ? 'sent' : 'pending', ...delivery });
    this.#total++;
    for (const oldest of this.#codes.keys()) {
      if (this.#codes.size <= KEPT) return;
      this.#codes.delete(oldest);
    }
  }

  #forget(user: string | undefined): void {
    for (const code of this.#codes.values()) {
      if (user !== undefined && code.user !== user) continue;
      this.#codes.delete(code.id);
      this.#total--;
    }
    // All: also those that the list no longer keeps.
    if (user === undefined) this.#total = 0;
  }

  #change(id: string, change: Change = {}): void {
    const code = this.#codes.get(id);
    const hasEnded = change.state !== undefined && code?.state !== 'pending';
    if (code !== undefined && !hasEnded) this.#codes.set(id, { ...code, ...change });
  }
}

function deadline(expiresAt: string | undefined): number {
  return expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
}

function hasWords(code: Code, words: readonly string[]): boolean {
  // Every drawing of the page asks for all codes, most often without a search.
  if (words.length === 0) return true;
  const { user, purpose, code: digits, channel, to = '', provider = '' } = code;
  const text = [user, purpose, digits, channel, to, provider].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

/** A code's state at `now` (ms since the epoch). A code expires at its deadline, before the wheel's next tick. */
export function stateAt({ state, expiresAt }: Code, now: number): CodeState {
  return state === 'pending' && now >= expiresAt ? 'expired' : state;
}
