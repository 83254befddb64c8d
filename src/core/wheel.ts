import type { Rows } from './rows.ts';

/** From one tick to the next, and the width of a slot: a second. */
export const TICK_MS = 1_000;

/** How many seconds the hand passes in one call when it has fallen behind: well under a millisecond's work. */
const STRIDE = 1_024;

/** The wheel's fields in a row: its neighbours in its bucket, the number of that bucket, and its deadline. */
const NEXT = 0;
const PREVIOUS = 1;
const BUCKET = 2;
const DEADLINE = 2;

/** Stands for no entry, and for no bucket. */
const NONE = 0;

/**
 * A timing wheel: it reports millions of deadlines as they come due, each at the same cost, at any number.
 *
 * Picture a clock face with a slot for each second, and one hand. A deadline goes into the slot that the hand will reach
 * at that second; each second the hand moves on and takes out what waits there. No deadline is ever searched for:
 * scheduling costs a division and an insertion into a list, and cancelling unlinks.
 *
 * A wheel of 8 slots, its hand at second 3, and three deadlines:
 *
 *      deadline    second, rounded up    slot, second mod 8
 *      4,200 ms             5                    5
 *     10,000 ms            10                    2
 *     12,001 ms            13                    5
 *
 *     slot     0     1     2     3     4     5     6     7
 *           +-----+-----+-----+-----+-----+-----+-----+-----+
 *           |     |     | 10  |     |     |5, 13|     |     |
 *           +-----+-----+-----+-----+-----+-----+-----+-----+
 *                                ^ hand
 *
 * Second 13 is more than a revolution ahead and shares slot 5 with second 5. So a slot holds a *bucket* for each second
 * that falls on it: one, for lifetimes up to a revolution. A bucket is a linked list.
 *
 * An *entry* is the number of a record's row. The links of the lists are in the rows themselves, so only the first
 * entry of a second allocates anything.
 *
 * - The wheel is never early. Within the second that has begun it looks at each entry's own deadline, so it is exact to the
 *   millisecond. A deadline that has already passed when it is scheduled comes with the current pass or the next one.
 * - When the clock jumps ahead, the hand follows in strides: what is due comes out in the order of its second, and no
 *   call takes long. When the clock goes back, the hand waits.
 * - The wheel has no timer and knows no time but the `now` it is given, in milliseconds since the epoch.
 */
export class TimingWheel {
  readonly #rows: Rows;
  readonly #slots: (readonly Bucket[])[];
  /** Buckets that the hand has passed, until they are emptied; earliest second first. */
  readonly #due: Bucket[] = [];
  /** Buckets by their numbers, and the numbers that are free. */
  readonly #buckets: (Bucket | undefined)[] = [undefined];
  readonly #freeNumbers: number[] = [];
  /** The last whole second since the epoch that the hand has passed. */
  #hand: number;
  #size = 0;
  /** The entry at which the next call goes on in the second that has begun; none at its start and at its end. */
  #cursor = NONE;

  /** @param slots seconds of a revolution; 4096 hold the deadlines of an hour in one */
  constructor(rows: Rows, now: number, slots = 4_096) {
    this.#rows = rows;
    this.#slots = Array.from({ length: slots }, () => []);
    this.#hand = Math.floor(now / TICK_MS);
  }

  /** `take` returns the entry once its deadline has come. An entry that is already scheduled moves. */
  schedule(entry: number, deadline: number): void {
    this.cancel(entry);
    const bucket = this.#bucketOf(Math.max(Math.ceil(deadline / TICK_MS), this.#hand + 1));
    bucket.earliest = Math.min(bucket.earliest, deadline);
    this.#rows.setFloat(entry, DEADLINE, deadline);
    this.#rows.setWhole(entry, BUCKET, bucket.number);
    this.#join(bucket, entry, bucket.first);
    this.#join(bucket, NONE, entry);
    bucket.entries++;
    this.#size++;
  }

  /** Forgets an entry; does nothing if it is not scheduled. */
  cancel(entry: number): void {
    const bucket = this.#buckets[this.#rows.whole(entry, BUCKET)];
    if (bucket === undefined) return;
    const next = this.#rows.whole(entry, NEXT);
    if (entry === this.#cursor) this.#cursor = next;
    this.#join(bucket, this.#rows.whole(entry, PREVIOUS), next);
    this.#rows.setWhole(entry, BUCKET, NONE);
    bucket.entries--;
    this.#size--;
  }

  /**
   * Follows the clock by at most a stride and takes out entries whose deadline has come, looking at no more than `limit`.
   * Each call goes on where the last one stopped, until `more` is false.
   */
  take(now: number, limit: number): { readonly entries: number[]; readonly more: boolean } {
    const second = Math.floor(now / TICK_MS);
    if (this.#due.length === 0) this.#turn(second);
    const entries: number[] = [];
    for (let bucket = this.#due[0]; bucket !== undefined; bucket = this.#due[0]) {
      while (bucket.first !== NONE && entries.length < limit) {
        entries.push(bucket.first);
        this.cancel(bucket.first);
      }
      if (bucket.first !== NONE) return { entries, more: true };
      this.#discard(bucket);
      this.#due.shift();
    }
    if (this.#hand < second) return { entries, more: true };
    return { entries, more: this.#takeBegun(now, limit - entries.length, entries) };
  }

  /** The wheel as it stands: the hand, and how many entries each slot has that has any. */
  get view(): WheelView {
    const slots = this.#slots.length;
    const entries = new Map<number, number>();
    for (const bucket of [...this.#due, ...this.#slots.flat()]) {
      const slot = bucket.second % slots;
      if (bucket.entries > 0) entries.set(slot, (entries.get(slot) ?? 0) + bucket.entries);
    }
    const occupied = [...entries].map(([slot, entries]) => ({ slot, entries }));
    return { slots, current: this.#hand % slots, entries: this.#size, occupied };
  }

  /**
   * Takes entries of the second that has begun: its bucket waits for its end, but a deadline in it may have come already.
   *
   * @param looks entries to look at
   * @returns whether there are more to look at
   */
  #takeBegun(now: number, looks: number, entries: number[]): boolean {
    const bucket = this.#find(this.#hand + 1);
    if (bucket === undefined || now < bucket.earliest) return false;
    let entry = this.#cursor === NONE ? bucket.first : this.#cursor;
    for (let look = 0; entry !== NONE && look < looks; look++) {
      const next = this.#rows.whole(entry, NEXT);
      if (this.#rows.float(entry, DEADLINE) <= now) {
        this.cancel(entry);
        entries.push(entry);
      }
      entry = next;
    }
    this.#cursor = entry;
    return entry !== NONE;
  }

  /** Moves the hand towards `second`, a stride at most, and queues the buckets that it passes. */
  #turn(second: number): void {
    // With nothing scheduled there is nothing to pass but empty buckets.
    if (this.#size === 0 && second > this.#hand + STRIDE) {
      for (const bucket of this.#slots.flat()) this.#discard(bucket);
      this.#slots.fill([]);
      this.#hand = second;
    }
    const goal = Math.min(second, this.#hand + STRIDE);
    if (this.#hand < goal) this.#cursor = NONE;
    while (this.#hand < goal) {
      this.#hand++;
      const bucket = this.#find(this.#hand);
      if (bucket === undefined) continue;
      this.#due.push(bucket);
      const slot = this.#hand % this.#slots.length;
      this.#slots[slot] = this.#bucketsAt(this.#hand).filter((other) => other !== bucket);
    }
  }

  #find(second: number): Bucket | undefined {
    return this.#bucketsAt(second).find((bucket) => bucket.second === second);
  }

  #bucketsAt(second: number): readonly Bucket[] {
    return this.#slots[second % this.#slots.length] ?? [];
  }

  #bucketOf(second: number): Bucket {
    const found = this.#find(second);
    if (found !== undefined) return found;
    const number = this.#freeNumbers.pop() ?? this.#buckets.length;
    const bucket = { number, second, first: NONE, entries: 0, earliest: Number.POSITIVE_INFINITY };
    this.#buckets[number] = bucket;
    this.#slots[second % this.#slots.length] = [...this.#bucketsAt(second), bucket];
    return bucket;
  }

  #discard({ number }: Bucket): void {
    this.#buckets[number] = undefined;
    this.#freeNumbers.push(number);
  }

  /** Makes two entries neighbours. None before makes `after` the first, none after makes `before` the last. */
  #join(bucket: Bucket, before: number, after: number): void {
    if (before === NONE) bucket.first = after;
    else this.#rows.setWhole(before, NEXT, after);
    if (after !== NONE) this.#rows.setWhole(after, PREVIOUS, before);
  }
}

/** A picture of a wheel. */
export interface WheelView {
  /** Seconds of a revolution. */
  readonly slots: number;
  /** The slot that the hand reached last. */
  readonly current: number;
  readonly entries: number;
  readonly occupied: readonly { readonly slot: number; readonly entries: number }[];
}

/** The entries of one second. */
interface Bucket {
  readonly number: number;
  readonly second: number;
  first: number;
  entries: number;
  /** No entry has an earlier deadline. */
  earliest: number;
}
