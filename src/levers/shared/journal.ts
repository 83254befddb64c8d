import type { RedisConnection } from '../../redis/connection.ts';
import { listOf } from '../../redis/replies.ts';
import { Script } from '../../redis/scripts.ts';
import type { Entry } from './entries.ts';
import { KEPT_MS, LEVER_KEYS } from './keys.ts';
import append from './lua/append.lua' with { type: 'text' };
import { Outstanding } from './outstanding.ts';

/** What ends where Redis has no memory left has to be told as well; the journal is bounded. */
const APPEND = new Script(append, { flags: 'allow-oom' });

/** Entries that are kept, about: a few megabytes. */
const KEPT = 16_384;

/** Entries that are read at once. */
const BATCH = 500;

/** What a read has found. */
export interface Passage {
  /** Whether the place to read from is gone, and all behind it: Redis has lost the journal. */
  readonly lost: boolean;
  readonly entries: readonly Read[];
  /** Whether more may have been there already. */
  readonly more: boolean;
}

/** An entry, the number that it has in the journal, and where to read on. */
export interface Read {
  readonly place: string;
  readonly number: number;
  readonly entry: Entry;
}

/**
 * What replicas tell each other, in one order that is the same for all: whatever the inbox, the event stream and the
 * page show on any of them comes from here.
 *
 * Entries go out in batches, one after the other, so each replica's own are in the order in which it told them.
 */
export class Journal {
  readonly #redis: RedisConnection;
  #pending: string[] = [];
  readonly #batches = new Outstanding();
  /** Resolves when the last batch is answered, or has failed. */
  #last = Promise.resolve();

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  /** Has an entry appended. */
  tell(entry: Entry): void {
    this.#pending.push(JSON.stringify(entry));
    if (this.#pending.length > 1) return;
    this.#last = this.#batches.add(this.#last.then(() => this.#send()));
  }

  /** Resolves when all entries that are on their way are in the journal. Rejects if some of these may not be. */
  told(): Promise<void> {
    return this.#batches.answered();
  }

  /** Does some work, and waits for all that is told by it, as `told` does. */
  async toldBy<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#batches.failure;
    const done = await work();
    await this.told();
    const { failure } = this.#batches;
    if (failure !== undefined && failure !== before) throw failure.error;
    return done;
  }

  /** The entries behind a place, or from the oldest that is kept without one. */
  async read(place: string | undefined): Promise<Passage> {
    // From the place itself: an answer without anything is then the end of the journal, and not of what is new.
    const from = place ?? '-';
    const range = await this.#redis.send('XRANGE', [LEVER_KEYS.journal, from, '+', 'COUNT', `${BATCH}`]);
    const items = listOf(range).map(listOf);
    const lost = items.length === 0 && place !== undefined;
    const entries = items.filter(([id]) => id !== place).map(readOf);
    return { lost, entries, more: lost || items.length === BATCH };
  }

  /** Keeps it from being forgotten. */
  async keep(): Promise<void> {
    await this.#redis.send('PEXPIRE', [LEVER_KEYS.journal, `${KEPT_MS}`]);
  }

  #send(): Promise<unknown> {
    const entries = this.#pending;
    this.#pending = [];
    return this.#redis.run(APPEND, [LEVER_KEYS.journal], [`${KEPT}`, `${KEPT_MS}`, ...entries]);
  }
}

function readOf([place, fields]: readonly unknown[]): Read {
  const [, number, , text] = listOf(fields);
  const entry: Entry = JSON.parse(String(text));
  return { place: String(place), number: Number(number), entry };
}
