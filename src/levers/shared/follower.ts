import type { Clock } from '../../core/clock.ts';
import { StoreUnavailable } from '../../core/store.ts';
import type { Journal, Passage } from './journal.ts';
import { KEPT_MS } from './keys.ts';
import type { Reader } from './reader.ts';

/** From one look at what the others do to the next, in milliseconds of real time. */
const LOOK_MS = 20;

/** The same after a look that failed by a flaw, as the next one will: the log is told of each. */
const LOOK_AGAIN_MS = 1_000;

/** From one renewal of how long things are kept to the next, in milliseconds of real time. */
const KEEP_MS = KEPT_MS / 24;

export interface FollowerParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly reader: Reader;
  /** Renews copies of what stands in Redis: the clock, the lists. */
  readonly renew: () => Promise<unknown>;
  /** Keeps what stands in Redis from being forgotten while there is a replica. */
  readonly keep: () => Promise<unknown>;
  /** Told of whatever a look fails with. The next one tries again. */
  readonly onError: (error: unknown) => void;
}

/**
 * Keeps a replica in step: before each request it catches up with all that others have done by then, and beside that
 * it looks by itself, for those who wait.
 */
export class Follower {
  readonly #parts: FollowerParts;
  #place: string | undefined;
  #current: Promise<void> = Promise.resolve();
  /** The one after it, for whoever asks until it begins: what is under way may have been answered before they came. */
  #next: Promise<void> | undefined;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /** Resolves when all is known here that any replica had done before the call. Rejects with a StoreUnavailable. */
  catchUp(): Promise<void> {
    this.#next ??= this.#current
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        this.#current = this.#read();
        return this.#current;
      });
    return this.#next;
  }

  /** Looks by itself until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, keep, onError } = this.#parts;
    let keptAt = clock.monotonic();
    while (!signal.aborted) {
      try {
        await this.catchUp();
        if (clock.monotonic() - keptAt >= KEEP_MS) {
          await keep();
          keptAt = clock.monotonic();
        }
        await clock.sleep(LOOK_MS, signal);
      } catch (error) {
        onError(error);
        await clock.sleep(error instanceof StoreUnavailable ? LOOK_MS : LOOK_AGAIN_MS, signal);
      }
    }
  }

  async #read(): Promise<void> {
    const { journal, renew } = this.#parts;
    let [passage] = await Promise.all([journal.read(this.#place), renew()]);
    this.#take(passage);
    // As far as there was something when the look began: the others may write faster than anybody reads.
    while (passage.more) {
      passage = await journal.read(this.#place);
      this.#take(passage);
    }
  }

  #take({ lost, entries }: Passage): void {
    const { reader } = this.#parts;
    if (lost) {
      reader.lose();
      this.#place = undefined;
    }
    for (const { place, number, entry } of entries) {
      this.#place = place;
      reader.read(number, entry);
    }
  }
}
