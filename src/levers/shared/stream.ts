import { randomUUID } from 'node:crypto';
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
const APPEND = new Script(append, { flags: 'allow-oom' });

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
type Told = Entry & { readonly by: string; readonly number: number };

/** What waits to be appended, with the last reset that this replica knew of. */
interface Item {
  readonly reset: string;
  readonly kind: 'entry' | 'count';
  readonly text: string;
  /** Whether a batch that failed is sent again with this in it. */
  readonly retry: boolean;
}

/** What a replica does with what it reads. */
export interface Reader {
  /** @param isOurs whether this replica has appended the entry */
  take(entry: Entry, isOurs: boolean): void;
  /** Forgets everything: entries are missing, so all that are kept come again. */
  startAgain(): void;
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
  #queue: Item[] = [];
  #told = 0;
  /** Names the last reset that this replica knows of; empty for none. */
  #reset = '';
  /** Where to read on. */
  #place: string | undefined;
  /** The newest entry of each replica that was read, by its number. */
  readonly #newest = new Map<string, number>();

  /** @param by names this replica */
  constructor(redis: RedisConnection, by: string) {
    this.#redis = redis;
    this.#by = by;
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

  /** Begins a reset: nothing that was told before it may come after it, at whatever replica. See append.lua. */
  async beginReset(): Promise<void> {
    this.#reset = randomUUID();
    await this.#redis.send('SET', [KEYS.reset, this.#reset, 'PX', `${KEPT_MS}`]);
  }

  /** Resolves once all that is queued is in Redis. Rejects if some of it may not be. */
  readonly flush = coalesce(async () => {
    for (let left = this.#queue.length; left > 0; left -= BATCH) {
      const batch = this.#queue.splice(0, BATCH);
      const items = batch.flatMap(({ reset, kind, text }) => [reset, kind, text]);
      const keys = [KEYS.stream, KEYS.reset, KEYS.issued];
      try {
        await this.#redis.run(APPEND, keys, [`${KEPT}`, `${COUNTS_KEPT}`, `${KEPT_MS}`, ...items]);
      } catch (error) {
        // No more than the stream itself would keep.
        this.#queue = [...batch.filter(({ retry }) => retry), ...this.#queue].slice(-KEPT);
        throw error;
      }
    }
  });

  /** Reads what is new: entries, and the last reset. Not to be called again before it resolves. */
  async read(reader: Reader): Promise<void> {
    await Promise.all([this.#readEntries(reader), this.#learnReset()]);
  }

  async #readEntries(reader: Reader): Promise<void> {
    for (let more = true; more; ) {
      const place = this.#place;
      // From the place itself: if it is no longer there, so are entries after it, or Redis has lost the stream.
      const range = [KEYS.stream, place ?? '-', '+', 'COUNT', `${BATCH}`];
      const items = listOf(await this.#redis.send('XRANGE', range)).map(listOf);
      const ids = items.map(([id]) => String(id));
      if (place !== undefined && ids[0] !== place) {
        this.#place = undefined;
        this.#newest.clear();
        reader.startAgain();
        continue;
      }
      for (const [, fields] of items.slice(place === undefined ? 0 : 1))
        this.#pass(JSON.parse(String(listOf(fields)[1])), reader);
      this.#place = ids.at(-1);
      more = items.length === BATCH;
    }
  }

  #pass(entry: Told, reader: Reader): void {
    if (entry.number <= (this.#newest.get(entry.by) ?? 0)) return;
    this.#newest.set(entry.by, entry.number);
    reader.take(entry, entry.by === this.#by);
  }

  async #learnReset(): Promise<void> {
    const known = this.#reset;
    const last = String((await this.#redis.send('GET', [KEYS.reset])) ?? '');
    // A reset began here in the meantime: this answer is older.
    if (this.#reset === known) this.#reset = last;
  }

  #textOf(entry: Entry): string {
    this.#told++;
    return JSON.stringify({ ...entry, by: this.#by, number: this.#told });
  }

  #add(kind: Item['kind'], text: string, retry: boolean): void {
    this.#queue.push({ reset: this.#reset, kind, text, retry });
    if (this.#queue.length === 1) this.flush().catch(() => {});
  }
}
