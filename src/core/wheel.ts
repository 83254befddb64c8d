import { LinkedLists, type List } from './linked-lists.ts';

/** From one tick to the next, and the width of a slot of the timing wheel: a second. */
export const TICK_MS = 1_000;

/** How many seconds the hand passes at once when it has fallen behind: a millisecond's work. */
const STRIDE = 1_024;

/**
 * A timing wheel: a reminder for each of millions of deadlines, at the same cost for ten as for ten million.
 *
 * Picture a clock face with a slot for each second, and one hand. A deadline goes into the slot that the
 * hand will reach at that second; each second the hand moves on and takes out what waits there for it. No
 * deadline is ever searched for: to schedule is to divide and to join a list, to cancel is to leave the list.
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
 *                              ^ hand
 *
 * Second 13 is more than a revolution ahead and shares slot 5 with second 5. So a slot holds one *bucket*
 * for each second that falls on it: one, for lifetimes of up to a revolution. A bucket is a linked list.
 *
 * What waits is an *entry*, a number from 1 on that stands for whatever the caller keeps under it.
 *
 * - A deadline belongs to the first whole second at or after it: the wheel is never early and at most a
 *   tick late. A deadline that has already passed belongs to the next tick.
 * - When the clock leaps ahead, the hand follows in strides, so that what is due comes out in the order of its
 *   second, and no single call takes long. When the clock goes back, the hand waits.
 * - The wheel has no timer and knows no time but the `now` it is given.
 */
export class TimingWheel {
  readonly #lists = new LinkedLists();
  readonly #slots: (Bucket[] | undefined)[];
  /** Buckets that the hand has passed and that are not emptied yet, earliest second first. */
  readonly #due: Bucket[] = [];
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
  schedule(entry: number, deadline: number): void {
    this.cancel(entry);
    const bucket = this.#bucketOf(Math.max(Math.ceil(deadline / TICK_MS), this.#hand + 1));
    this.#lists.add(bucket.entries, entry);
    this.#size++;
  }

  /** Forgets `entry`, also one that is due but not taken; does nothing if it is not scheduled. */
  cancel(entry: number): void {
    if (this.#lists.remove(entry)) this.#size--;
  }

  /** Whether `take` has more to give out, or has not followed the clock all the way yet. */
  isBehind(now: number): boolean {
    return this.#due.length > 0 || this.#hand < Math.floor(now / TICK_MS);
  }

  /** The wheel as it stands: where the hand is, and how many entries each slot has that has any. */
  get view(): WheelView {
    const entries = new Map<number, number>();
    for (const { second, entries: waiting } of [...this.#due, ...this.#slots.flatMap((slot) => slot ?? [])]) {
      const slot = second % this.#slots.length;
      if (waiting.length > 0) entries.set(slot, (entries.get(slot) ?? 0) + waiting.length);
    }
    const occupied = [...entries].map(([slot, entries]) => ({ slot, entries }));
    return {
      slots: this.#slots.length,
      current: this.#hand % this.#slots.length,
      entries: this.#size,
      occupied,
    };
  }

  /** Follows the clock by at most a stride, and takes out at most `limit` entries that are due. */
  take(now: number, limit: number): number[] {
    if (this.#due.length === 0) this.#turn(Math.floor(now / TICK_MS));
    const taken: number[] = [];
    for (let bucket = this.#due[0]; bucket !== undefined; bucket = this.#due[0]) {
      this.#empty(bucket, limit, taken, () => true);
      if (bucket.entries.length > 0) break;
      this.#lists.discard(bucket.entries);
      this.#due.shift();
    }
    return taken;
  }

  /**
   * Takes out at most `limit` entries of the second that has begun, of those that are due already: for whoever
   * cannot wait for its end, when `take` gives out all of them.
   */
  takeBegun(limit: number, isDue: (entry: number) => boolean): number[] {
    const second = this.#hand + 1;
    const bucket = this.#slots[second % this.#slots.length]?.find((it) => it.second === second);
    const taken: number[] = [];
    if (bucket !== undefined) this.#empty(bucket, limit, taken, isDue);
    return taken;
  }

  /** Takes entries out of a bucket, of those that are due, until `limit` are taken. */
  #empty({ entries }: Bucket, limit: number, taken: number[], isDue: (entry: number) => boolean): void {
    for (const entry of this.#lists.entriesOf(entries)) {
      if (taken.length >= limit) return;
      if (!isDue(entry)) continue;
      this.cancel(entry);
      taken.push(entry);
    }
  }

  /** Moves the hand towards `second`, a stride at the most, and queues the buckets it comes by. */
  #turn(second: number): void {
    if (this.#size === 0 && second > this.#hand + STRIDE) this.#leap(second);
    const goal = Math.min(second, this.#hand + STRIDE);
    while (this.#hand < goal) {
      this.#hand++;
      const index = this.#hand % this.#slots.length;
      const slot = this.#slots[index];
      const bucket = slot?.find((bucket) => bucket.second === this.#hand);
      if (slot === undefined || bucket === undefined) continue;
      this.#due.push(bucket);
      this.#slots[index] = slot.length > 1 ? slot.filter((other) => other !== bucket) : undefined;
    }
  }

  /** Moves the hand to `second` at once: there is nothing to come by but empty buckets. */
  #leap(second: number): void {
    this.#hand = second;
    for (const bucket of this.#slots.flatMap((slot) => slot ?? [])) this.#lists.discard(bucket.entries);
    this.#slots.fill(undefined);
  }

  #bucketOf(second: number): Bucket {
    const index = second % this.#slots.length;
    const slot = this.#slots[index] ?? [];
    const found = slot.find((bucket) => bucket.second === second);
    if (found !== undefined) return found;
    const bucket = { second, entries: this.#lists.create() };
    this.#slots[index] = [...slot, bucket];
    return bucket;
  }
}

/** A picture of a wheel. */
export interface WheelView {
  readonly slots: number;
  /** The slot that the hand has come to last. */
  readonly current: number;
  readonly entries: number;
  readonly occupied: readonly { readonly slot: number; readonly entries: number }[];
}

interface Bucket {
  readonly second: number;
  readonly entries: List;
}
