import type { CodeState, Delivery, Message, ServiceEvent } from './wire.ts';

/** A code as the page shows it. `expiresAt` is in ms since the epoch, service time. */
export interface Code extends Delivery {
  readonly id: string;
  readonly user: string;
  readonly purpose: string;
  readonly code: string;
  readonly expiresAt: number;
  readonly state: CodeState;
}

/** The part of the list that is shown, and how much there is. */
export interface Excerpt {
  readonly codes: readonly Code[];
  /** How many of the kept codes match the filter. */
  readonly matching: number;
}

/** What an event changes in its code. */
type Change = Partial<Pick<Code, 'state' | 'delivery'>>;

const CHANGES: Readonly<Partial<Record<ServiceEvent['type'], Change>>> = {
  'otp.verified': { state: 'verified' },
  'otp.expired': { state: 'expired' },
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
 * them. So the two are merged by id. A code that has ended stays ended, since no code becomes pending again.
 */
export class CodeList {
  /** Oldest first. */
  readonly #codes = new Map<string, Code>();
  /** What changed, which codes arrived, and whose were forgotten, since the inbox began to load. */
  #changes = new Map<string, Change>();
  #arrived = new Set<string>();
  #forgotten = new Set<string | undefined>();
  #loading = false;
  #total = 0;

  /** How many codes there were, kept or not, since the page opened or the service was reset. */
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
    if (event.type === 'otp.requested') this.#add(event);
    else if (event.type === 'mock.reset') this.forget(event.user);
    else if ('otp' in event && event.otp !== undefined) this.#change(event.otp, CHANGES[event.type]);
  }

  /** The inbox begins to load. Events from now on take precedence over its answer. */
  beginLoading(): void {
    this.#loading = true;
    this.#changes = new Map();
    this.#arrived = new Set();
    this.#forgotten = new Set();
  }

  /** Replaces all codes, except those that arrived since `beginLoading`. @param messages the inbox, newest first */
  load(messages: readonly Message[]): void {
    const arrived = [...this.#arrived].flatMap((id) => this.#codes.get(id) ?? []);
    this.#codes.clear();
    for (const message of messages.toReversed()) {
      if (this.#forgotten.has(undefined) || this.#forgotten.has(message.user)) continue;
      const expiresAt = Date.parse(message.expiresAt);
      this.#codes.set(message.id, { ...message, expiresAt, ...this.#changes.get(message.id) });
    }
    for (const code of arrived) {
      const inInbox = this.#codes.get(code.id);
      if (inInbox === undefined || code.state !== 'pending') this.#codes.set(code.id, code);
    }
    this.#total = Math.max(this.#total, this.#codes.size);
    this.#trim();
    this.#loading = false;
  }

  /** Forgets one user's codes, or all. */
  forget(user?: string): void {
    if (this.#loading) this.#forgotten.add(user);
    if (user === undefined) {
      this.#codes.clear();
      this.#total = 0;
    }
    for (const code of this.#codes.values()) {
      if (code.user !== user) continue;
      this.#codes.delete(code.id);
      this.#total--;
    }
  }

  /** At most `limit` codes, newest first. @param filter a part of the user's name, in any letter case */
  newest(limit: number, filter = ''): Excerpt {
    const part = filter.toLowerCase();
    const matching = [...this.#codes.values()].filter(({ user }) => user.toLowerCase().includes(part));
    return { codes: matching.slice(-limit).reverse(), matching: matching.length };
  }

  #add(event: Extract<ServiceEvent, { type: 'otp.requested' }>): void {
    const { otp: id, user, purpose, code, channel = 'none', to } = event;
    // A resumed stream may repeat a code that the inbox has listed.
    if (this.#codes.has(id)) return;
    const delivery: Delivery =
      to === undefined ? { channel, delivery: 'none' } : { channel, to, delivery: 'queued' };
    const expiresAt = Date.parse(event.expiresAt);
    this.#codes.set(id, { id, user, purpose, code, expiresAt, state: 'pending', ...delivery });
    if (this.#loading) this.#arrived.add(id);
    this.#total++;
    this.#trim();
  }

  #change(id: string, change: Change = {}): void {
    if (this.#loading) this.#changes.set(id, { ...this.#changes.get(id), ...change });
    const code = this.#codes.get(id);
    const hasEnded = change.state !== undefined && code?.state !== 'pending';
    if (code !== undefined && !hasEnded) this.#codes.set(id, { ...code, ...change });
  }

  #trim(): void {
    for (const id of this.#codes.keys()) {
      if (this.#codes.size <= KEPT) return;
      this.#codes.delete(id);
    }
  }
}

/** A code's state at `now` (ms since the epoch). A code expires at its deadline, before the wheel's next tick. */
export function stateAt({ state, expiresAt }: Code, now: number): CodeState {
  return state === 'pending' && now >= expiresAt ? 'expired' : state;
}
