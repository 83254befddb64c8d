/** Shards, as a power of two. Each grows by itself, in well under 10 ms, where one large table would take half a second. */
const SHARD_BITS = 8;

/** Slots of a new shard. */
const SMALLEST = 8;

/** Stands for no row. */
const NONE = 0;

/**
 * Rows by the hash of their key, for millions of them: a hash table in small shards, by open addressing.
 *
 * A row stands in the slot that its hash names, or in the next one that was free. The hash stands beside it, so a search
 * reads only rows with the right hash: each read of a row is a cache miss.
 */
export class HashIndex {
  readonly #shards: Shard[];
  /**
   * Drawn anew for each process, so slots differ between runs. This stops accidents, not attacks: names can be built whose
   * hashes agree under every seed, and some 100,000 of them would make a search noticeably slower.
   */
  readonly #seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  #size = 0;

  /** @param hasKey whether a row has this key */
  constructor(hasKey: (row: number, key: string) => boolean) {
    this.#shards = Array.from({ length: 2 ** SHARD_BITS }, () => new Shard(hasKey));
  }

  get size(): number {
    return this.#size;
  }

  /** A whole number from -2³¹ to 2³¹ - 1: the engine works with larger ones as floats. */
  hash(key: string): number {
    return Bun.hash.xxHash32(key, this.#seed) | 0;
  }

  /** The row of a key; 0 if there is none. */
  find(key: string, hash: number): number {
    return this.#shard(hash).find(key, hash);
  }

  /** Adds a row whose key has none. */
  add(row: number, hash: number): void {
    this.#shard(hash).add(row, hash);
    this.#size++;
  }

  /** Removes a row that is here. */
  remove(row: number, hash: number): void {
    this.#shard(hash).remove(row, hash);
    this.#size--;
  }

  #shard(hash: number): Shard {
    const shard = this.#shards[hash >>> (32 - SHARD_BITS)];
    if (shard === undefined) throw new Error('the first bits of a hash always name a shard');
    return shard;
  }
}

/** One table. Between the slot that a row's hash names and the row's own there is never a free one. */
class Shard {
  readonly #hasKey: (row: number, key: string) => boolean;
  /** Two numbers for each slot: the row, 0 if the slot is free, and its hash. At most three slots in four are taken. */
  #slots = new Int32Array(2 * SMALLEST);
  #mask = SMALLEST - 1;
  #size = 0;

  constructor(hasKey: (row: number, key: string) => boolean) {
    this.#hasKey = hasKey;
  }

  find(key: string, hash: number): number {
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const row = this.#row(slot);
      if (row === NONE || (this.#hash(slot) === hash && this.#hasKey(row, key))) return row;
    }
  }

  add(row: number, hash: number): void {
    this.#size++;
    if (4 * this.#size > 3 * (this.#mask + 1)) this.#grow();
    this.#insert(row, hash);
  }

  #insert(row: number, hash: number): void {
    let slot = hash & this.#mask;
    while (this.#row(slot) !== NONE) slot = (slot + 1) & this.#mask;
    this.#put(slot, row, hash);
  }

  /** Removes a row, and moves those behind it forward that would otherwise be cut off from their slot. */
  remove(row: number, hash: number): void {
    let free = hash & this.#mask;
    while (this.#row(free) !== row) {
      if (this.#row(free) === NONE) throw new Error(`row ${row} is not in the index`);
      free = (free + 1) & this.#mask;
    }
    this.#size--;
    for (let slot = (free + 1) & this.#mask; this.#row(slot) !== NONE; slot = (slot + 1) & this.#mask) {
      const distance = (slot - this.#hash(slot)) & this.#mask;
      if (distance < ((slot - free) & this.#mask)) continue;
      this.#put(free, this.#row(slot), this.#hash(slot));
      free = slot;
    }
    this.#put(free, NONE, 0);
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(2 * old.length);
    this.#mask = old.length - 1;
    for (let i = 0; i < old.length; i += 2)
      if (old[i] !== NONE) this.#insert(old[i] ?? NONE, old[i + 1] ?? 0);
  }

  #row(slot: number): number {
    return this.#slots[2 * slot] ?? NONE;
  }

  #hash(slot: number): number {
    return this.#slots[2 * slot + 1] ?? 0;
  }

  #put(slot: number, row: number, hash: number): void {
    this.#slots[2 * slot] = row;
    this.#slots[2 * slot + 1] = hash;
  }
}
