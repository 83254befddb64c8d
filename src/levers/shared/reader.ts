import type { EventHistory, Told } from '../events/history.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Entry } from './entries.ts';

/** Of how many codes the end is remembered. */
const ENDS_KEPT = 1_000;

const ENDS: ReadonlySet<Told['type']> = new Set([
  'otp.verified',
  'otp.expired',
  'otp.replaced',
  'otp.cancelled',
  'otp.locked',
]);

export interface ReaderParts {
  readonly inbox: Inbox;
  readonly history: EventHistory;
  /** Forgets what is on its way to users, or to one of them. */
  readonly forgetDelivery: (user?: string) => Promise<void>;
  /** Names this replica. */
  readonly run: string;
}

/** Does here what the journal says: whatever is read in it, every replica reads in the same order. */
export class Reader {
  readonly #parts: ReaderParts;
  #number = 0;
  /** The ends of codes, by the code's id, the latest last. */
  readonly #ends = new Map<string, Told>();
  /** Comes by the oldest next. */
  readonly #oldest = this.#ends.keys();
  /** By token, for whoever wants to know how many messages were dropped. */
  readonly #dropped = new Map<string, number>();

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** How many messages the entry with this token has dropped, which is read while `act` goes on. */
  async dropped(token: string, act: () => Promise<unknown>): Promise<number> {
    this.#dropped.set(token, 0);
    try {
      await act();
      return this.#dropped.get(token) ?? 0;
    } finally {
      this.#dropped.delete(token);
    }
  }

  /** Redis has lost the journal, and codes with it or not: a replica that joins now knows nothing either. */
  lose(): void {
    this.#parts.inbox.clear();
    // Who follows the events is told, and may look at what there is.
    this.#parts.history.skip(1);
    this.#number = 0;
  }

  /** @param number that the entry has in the journal: where some are left out, the journal has dropped them */
  read(number: number, entry: Entry): void {
    const { inbox, history, forgetDelivery, run } = this.#parts;
    if (number <= this.#number) this.lose();
    if (this.#number > 0 && number > this.#number + 1) history.skip(number - this.#number - 1);
    this.#number = number;
    switch (entry.does) {
      case 'happen':
        history.hear(entry.event);
        this.#put(entry.event);
        return;
      case 'empty': {
        const dropped = inbox.clear(entry.filter);
        if (this.#dropped.has(entry.token)) this.#dropped.set(entry.token, dropped);
        return;
      }
      case 'forget':
        inbox.clear({ user: entry.user });
        if (entry.user === undefined) history.forget();
        if (entry.by !== run) forgetDelivery(entry.user);
        return;
      case 'end':
        inbox.cancelAll();
        if (entry.by !== run) forgetDelivery();
    }
  }

  /**
   * Two replicas tell of one user's codes in the order in which they come to it: that a code was replaced may be read
   * before that it was made.
   */
  #put(event: Told): void {
    this.#parts.inbox.hear(event);
    if (!('otp' in event) || event.otp === undefined) return;
    const end = event.type === 'otp.requested' ? this.#ends.get(event.otp) : undefined;
    if (end !== undefined) this.#parts.inbox.hear(end);
    if (!ENDS.has(event.type)) return;
    this.#ends.set(event.otp, event);
    const oldest = this.#ends.size > ENDS_KEPT ? this.#oldest.next().value : undefined;
    if (oldest !== undefined) this.#ends.delete(oldest);
  }
}
