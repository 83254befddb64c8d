import { TICK_MS } from './ticker.ts';

/**
 * A timing wheel: a reminder for each of millions of deadlines, at the same cost for ten as for ten million.
 *
 * Picture a clock face with a slot for each second, and one hand. A deadline goes into the slot that the
 * hand will reach at that second; each tick the hand moves on and empties the slot it arrives at. Nobody
 * sorts and nobody searches: to schedule is to divide and append, to cancel is to leave a known place.
 *
 * A wheel of 8 slots, its hand at second 3, and three deadlines:
 *
 *     deadline       second        slot    +-----+-----+-----+-----+-----+-----+-----+-----+
 *      4,200 ms  ->   5  (rounded    5     |  0  |  1  |  2  |  3  |  4  |  5  |  6  |  7  |
 *     10,000 ms  ->  10     up)      2     +-----+-----+-----+-----+-----+-----+-----+-----+
 *     12,001 ms  ->  13              5                   10    hand          5, 13
 *
 * Second 13 is more than a revolution ahead and shares slot 5 with second 5. So a slot holds one *bucket*
 * for each second that falls on it: nearly always one, and no entry is looked at before its time.
 *
 * - A deadline belongs to the first whole second at or after it: the wheel is never early and at most a
 *   tick late. A deadline that has already passed belongs to the next tick.
 * - When the clock leaps ahead, the hand visits each slot at most once, and what is due comes out in the
 *   order of its second. When the clock goes back, the hand waits where it is.
 * - The wheel has no timer and knows no time but the `now` it is given.
 */
export class TimingWheel<E extends Scheduled<E>> {
  readonly #slots: (Bucket<E>[] | undefined)[];
  /** Buckets that the hand has passed and that are not taken yet, earliest second first. */
  readonly #due: Bucket<E>[] = [];
  /** The last whole second since the epoch that the hand has visited. */
  #hand: number;
  #size = 0;

  /**
   * @param now the present, in milliseconds since the epoch
   * @param slots how many seconds a revolution takes; 4096 hold the deadlines of an hour in one
   */
  constructor(now: number, slots = 4_096) {
    this.#slots = Array.from({ length: slots }, () => undefined);
    this.#hand = Math.floor(now / TICK_MS);
  }

  /** How many entries wait, for their second to come or to be taken. */
  get size(): number {
    return this.#size;
  }

  /** Reminds of `entry` once `deadline` (milliseconds since the epoch) has come; moves it if it is scheduled. */
  schedule(entry: E, deadline: number): void {
    this.cancel(entry);
    const bucket = this.#bucketOf(Math.max(Math.ceil(deadline / TICK_MS), this.#hand + 1));
    entry.bucket = bucket;
    entry.index = bucket.entries.push(entry) - 1;
    this.#size++;
  }

  /** Forgets `entry`, also one that is due but not taken; does nothing if it is not scheduled. */
  cancel(entry: E): void {
    const { bucket, index } = entry;
    if (bucket === undefined) return;
    const last = bucket.entries.pop();
    if (last !== undefined && last !== entry) {
      bucket.entries[index] = last;
      last.index = index;
    }
    entry.bucket = undefined;
    this.#size--;
  }

  /** Moves the hand to `now` and takes out what is due: at most `limit` entries, so that a caller can pause. */
  take(now: number, limit: number): E[] {
    this.#turn(Math.floor(now / TICK_MS));
    const taken: E[] = [];
    while (taken.length < limit) {
      const [bucket] = this.#due;
      if (bucket === undefined) break;
      const entry = bucket.entries.pop();
      if (entry === undefined) {
        this.#due.shift();
        continue;
      }
      entry.bucket = undefined;
      taken.push(entry);
    }
    this.#size -= taken.length;
    return taken;
  }

  /** Visits each slot up to `second`, at most once, and queues the buckets whose second has come. */
  #turn(second: number): void {
    const visits = Math.min(second - this.#hand, this.#slots.length);
    const passed: Bucket<E>[] = [];
    for (let step = 1; step <= visits; step++) {
      const index = (this.#hand + step) % this.#slots.length;
      const slot = this.#slots[index];
      if (slot === undefined) continue;
      const ahead = slot.filter((bucket) => bucket.second > second);
      passed.push(...slot.filter((bucket) => bucket.second <= second));
      this.#slots[index] = ahead.length > 0 ? ahead : undefined;
    }
    this.#due.push(...passed.sort((a, b) => a.second - b.second));
    this.#hand = Math.max(this.#hand, second);
  }

  #bucketOf(second: number): Bucket<E> {
    const index = second % this.#slots.length;
    const slot = this.#slots[index] ?? [];
    const found = slot.find((bucket) => bucket.second === second);
    if (found !== undefined) return found;
    const bucket: Bucket<E> = { second, entries: [] };
    this.#slots[index] = [...slot, bucket];
    return bucket;
  }
}

/** Where the wheel notes an entry's place. The wheel alone writes it; an entry starts with `undefined` and 0. */
export interface Scheduled<E> {
  bucket: Bucket<E> | undefined;
  index: number;
}

interface Bucket<E> {
  readonly second: number;
  readonly entries: E[];
}
