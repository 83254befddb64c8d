import { randomUUID } from 'node:crypto';
import { coalesce } from '../../core/coalesce.ts';
import type { Redis } from '../../redis/redis.ts';
import { listOf } from '../../redis/replies.ts';
import { Script } from '../../redis/scripts.ts';
import { COUNTS_KEPT } from '../codes/seeded-codes.ts';
import type { PublicEvent } from '../events/history.ts';
import type { Filter } from '../inbox/inbox.ts';
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

/** An entry of the stream. `by` names its replica. */
export type Told = Entry & { readonly by: string };

/** What waits to be appended. */
interface Item {
  /** Its number among the entries of this replica: Redis appends each once. */
  readonly number: number;
  /** The last reset that this replica knew of. */
  readonly reset: string;
  readonly text: string;
  /** The user and purpose, as one string, whose code is counted with it; empty for none. */
  readonly counted: string;
  /** Whether it is sent again if its batch failed. */
  readonly retry: boolean;
}

/**
 * The stream in which replicas tell each other what happened, in one order for all.
 *
 * Entries of one replica go out in order, one batch at a time. Events of a batch that failed go out again with the
 * next, so an event is late at worst. What Redis has appended, though the answer was lost, it skips then.
 */
export class SharedStream {
  readonly #redis: Redis;
  readonly #by: string;
  #queue: Item[] = [];
  #told = 0;
  /** Names the last reset that this replica knows of; empty for none. */
  #reset = '';
  /** Where to read on. */
  #place: string | undefined;

  /** @param by names this replica */
  constructor(redis: Redis, by: string) {
    this.#redis = redis;
    this.#by = by;
  }

  /** Queues an event, and begins to send it. @param counted the user and purpose whose code to count with it, if any */
  tell(event: PublicEvent, counted = ''): void {
    this.#add({ does: 'happen', event }, counted, true);
  }

  /** Appends an entry behind all that is queued. If that fails it isn't sent again: the caller may repeat its call. */
  append(entry: Entry): Promise<void> {
    this.#add(entry, '', false);
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
      const items = batch.flatMap(({ number, reset, text, counted }) => [`${number}`, reset, text, counted]);
      const keys = [KEYS.stream, KEYS.reset, KEYS.issued, KEYS.told];
      try {
        await this.#redis.run(APPEND, keys, [`${KEPT}`, `${COUNTS_KEPT}`, `${KEPT_MS}`, this.#by, ...items]);
      } catch (error) {
        // No more than the stream itself would keep.
        this.#queue = [...batch.filter(({ retry }) => retry), ...this.#queue].slice(-KEPT);
        throw error;
      }
    }
  });

  /**
   * Reads what is new. Not to be called again before it resolves.
   *
   * @param take gets each entry
   * @param startAgain called if entries are missing, before all that are kept come again
   */
  async read(take: (entry: Told) => void, startAgain: () => void): Promise<void> {
    for (let more = true; more; ) {
      const place = this.#place;
      // From the place itself: if it is no longer there, so are entries after it, or Redis has lost the stream.
      const range = [KEYS.stream, place ?? '-', '+', 'COUNT', `${BATCH}`];
      const items = listOf(await this.#redis.send('XRANGE', range)).map(listOf);
      const ids = items.map(([id]) => String(id));
      if (place !== undefined && ids[0] !== place) {
        this.#place = undefined;
        startAgain();
        continue;
      }
      for (const [, fields] of items.slice(place === undefined ? 0 : 1)) {
        take(JSON.parse(String(listOf(fields)[1])));
      }
      this.#place = ids.at(-1);
      more = items.length === BATCH;
    }
  }

  /** Learns of the resets of other replicas. */
  async learnReset(): Promise<void> {
    const known = this.#reset;
    const last = String((await this.#redis.send('GET', [KEYS.reset])) ?? '');
    // A reset began here in the meantime: this answer is older.
    if (this.#reset === known) this.#reset = last;
  }

  #add(entry: Entry, counted: string, retry: boolean): void {
    this.#told++;
    const text = JSON.stringify({ ...entry, by: this.#by });
    this.#queue.push({ number: this.#told, reset: this.#reset, text, counted, retry });
    if (this.#queue.length === 1) this.flush().catch(() => {});
  }
}
