import type { RedisConnection } from '../../redis/connection.ts';
import { listOf } from '../../redis/replies.ts';
import { Script } from '../../redis/scripts.ts';
import { COUNTS_KEPT } from '../codes/seeded-codes.ts';
import type { PublicEvent } from '../events/history.ts';
import type { Filter } from '../inbox/inbox.ts';
import { coalesce } from './coalesce.ts';
import { KEPT_MS, KEYS } from './keys.ts';
import append from './lua/append.lua' with { type: 'text' };

/** `allow-oom`: the end of a code must be told even when Redis is full. The stream is bounded. */
const APPEND = new Script(append, 'allow-oom');

/** About how many entries the stream keeps: a few megabytes. */
const KEPT = 16_384;

/** Entries appended or read in one call. */
const BATCH = 500;

/** What one replica tells all, itself included. */
export type Entry =
  | { readonly does: 'happen'; readonly event: PublicEvent }
  /** Drops messages. `token` finds the number of them for the replica that asks. */
  | { readonly does: 'empty'; readonly filter: Filter; readonly token: string }
  /** Cancels all pending messages: their codes are forgotten. */
  | { readonly does: 'cancel' }
  /** Forgets messages and events, all or those of one user. */
  | { readonly does: 'forget'; readonly user?: string | undefined };

/** An entry of the stream. `by` names its replica, and `number` grows with that replica's entries. */
export type Told = Entry & { readonly by: string; readonly number: number };

/** What waits to be appended, with the last reset that this replica knew of. */
interface Item {
  readonly reset: string;
  readonly kind: 'entry' | 'count';
  readonly text: string;
  /** Whether a batch that failed is sent again with this in it. */
  readonly retry: boolean;
}

/** One read of the stream. */
export interface Page {
  /** Whether the place to read on from is gone, and entries after it with it. */
  readonly lost: boolean;
  readonly entries: readonly Told[];
  /** The place to read on from. */
  readonly place: string | undefined;
  /** Whether there may be more. */
  readonly more: boolean;
}

/**
 * The stream in which replicas tell each other what happened, in one order for all.
 *
 * Entries of one replica go out in order, one batch at a time. Events of a batch that failed go out again with the
 * next, so an event is late at worst. Readers skip those that arrive twice, by their numbers.
 */
export class SharedStream {
  readonly #redis: RedisConnection;
  readonly #by: string;
  readonly #lastReset: () => string;
  #queue: Item[] = [];
  #told = 0;

  /** @param by names this replica @param lastReset names the last reset that this replica knows of */
  constructor(redis: RedisConnection, by: string, lastReset: () => string) {
    this.#redis = redis;
    this.#by = by;
    this.#lastReset = lastReset;
  }

  /** Queues an event, and begins to send it. */
  tell(event: PublicEvent): void {
    this.#add('entry', this.#textOf({ does: 'happen', event }), true);
  }

  /** Queues one more code to count for `OTP_SEED`, likewise. @param key a user and a purpose, as one string */
  count(key: string): void {
    this.#add('count', key, true);
  }

  /** Appends an entry behind all that is queued. If that fails it isn't sent again: the caller may repeat its call. */
  append(entry: Entry): Promise<void> {
    this.#add('entry', this.#textOf(entry), false);
    return this.flush();
  }

  /** Resolves once all that is queued is in Redis. Rejects if some of it may not be. */
  readonly flush = coalesce(async () => {
    for (let left = this.#queue.length; left > 0; left -= BATCH) {
      const batch = this.#queue.splice(0, BATCH);
      const items = batch.flatMap(({ reset, kind, text }) => [reset, kind, text]);
      const keys = [KEYS.stream, KEYS.settings, KEYS.issued];
      try {
        await this.#redis.run(APPEND, keys, [`${KEPT}`, `${COUNTS_KEPT}`, `${KEPT_MS}`, ...items]);
      } catch (error) {
        // No more than the stream itself would keep.
        this.#queue = [...batch.filter(({ retry }) => retry), ...this.#queue].slice(-KEPT);
        throw error;
      }
    }
  });

  /** Reads entries after a place, or from the oldest kept. */
  async read(place: string | undefined): Promise<Page> {
    // From the place itself: if it is no longer there, so are entries after it, or Redis has lost the stream.
    const range = [KEYS.stream, place ?? '-', '+', 'COUNT', `${BATCH}`];
    const items = listOf(await this.#redis.send('XRANGE', range)).map(listOf);
    const ids = items.map(([id]) => String(id));
    if (place !== undefined && ids[0] !== place)
      return { lost: true, entries: [], place: undefined, more: true };
    const entries = items.slice(place === undefined ? 0 : 1).map(([, fields]): Told => {
      const [, text] = listOf(fields);
      return JSON.parse(String(text));
    });
    return { lost: false, entries, place: ids.at(-1), more: items.length === BATCH };
  }

  #textOf(entry: Entry): string {
    this.#told++;
    return JSON.stringify({ ...entry, by: this.#by, number: this.#told });
  }

  #add(kind: Item['kind'], text: string, retry: boolean): void {
    this.#queue.push({ reset: this.#lastReset(), kind, text, retry });
    if (this.#queue.length === 1) this.flush().catch(() => {});
  }
}
