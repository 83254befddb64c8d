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

/** What the list shows of itself: the newest codes, and how many there are. */
export interface Excerpt {
  readonly codes: readonly Code[];
  /** How many of those kept fit the filter. */
  readonly matching: number;
}

/** What becomes of a code after it has come. */
type Change = Partial<Pick<Code, 'state' | 'delivery'>>;

/** What an event changes in its code. */
const CHANGES: Readonly<Partial<Record<ServiceEvent['type'], Change>>> = {
  'otp.verified': { state: 'verified' },
  'otp.expired': { state: 'expired' },
  'otp.replaced': { state: 'replaced' },
  'otp.cancelled': { state: 'cancelled' },
  'otp.locked': { state: 'locked' },
  'otp.delivered': { delivery: 'delivered' },
  'otp.delivery_failed': { delivery: 'failed' },
};

/** As many as the inbox keeps. */
const KEPT = 1_000;

/**
 * The codes that the page knows, as events change them. An event costs the same however many there are: a
 * look-up in a map, and nothing is drawn.
 *
 * A list begins with what the inbox holds. Events arrive while that is fetched, and the answer may be older or
 * newer than any of them, so the two are merged by id: a code that has come to its end stays there, as no code
 * ever becomes pending again.
 */
export class CodeList {
  /** Oldest first. */
  readonly #codes = new Map<string, Code>();
  /** What has changed, which codes arrived, and whose were forgotten, since the inbox was last asked for. */
  #changes = new Map<string, Change>();
  #arrived = new Set<string>();
  #forgotten = new Set<string | undefined>();
  #loading = false;
  #total = 0;

  /** How many codes there have been since the page opened or the service forgot all, kept or not. */
  get total(): number {
    return this.#total;
  }

  /** All that are kept, oldest first. */
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

  /** The inbox is being asked for. What happens from now on counts more than its answer. */
  beginLoading(): void {
    this.#loading = true;
    this.#changes = new Map();
    this.#arrived = new Set();
    this.#forgotten = new Set();
  }

  /** @param messages the inbox's answer, newest first: it replaces all but what arrived since `beginLoading` */
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

  /** The newest first, at most `limit`. @param filter a part of the user's name, in any letter case */
  newest(limit: number, filter = ''): Excerpt {
    const part = filter.toLowerCase();
    const matching = [...this.#codes.values()].filter(({ user }) => user.toLowerCase().includes(part));
    return { codes: matching.slice(-limit).reverse(), matching: matching.length };
  }

  #add(event: Extract<ServiceEvent, { type: 'otp.requested' }>): void {
    const { otp: id, user, purpose, code, channel = 'none', to } = event;
    // A stream that is resumed may tell again what the inbox has told.
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

/** A code's state at `now` (ms since the epoch): its time may be up before the wheel has come by. */
export function stateAt({ state, expiresAt }: Code, now: number): CodeState {
  return state === 'pending' && now >= expiresAt ? 'expired' : state;
}
