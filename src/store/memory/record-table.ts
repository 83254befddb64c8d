/**
 * Records by their key, for millions of them: a hash table in many small shards.
 *
 * A `Map` of a million entries takes 85 bytes for each, besides the entry itself, and when it grows it moves
 * all of them at once: a single `set` takes most of a second, and nothing else happens meanwhile. Here a
 * record takes 16 to 32 bytes more, and shards grow one at a time, each in a moment.
 */
export class RecordTable<R extends { readonly key: string }> {
  readonly #shards = Array.from({ length: SHARDS }, () => new Shard<R>());

  get size(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.size, 0);
  }

  get(key: string): R | undefined {
    const hash = hashOf(key);
    return this.#shardOf(hash).get(key, hash);
  }

  /** Adds a record, whose key must not be there yet. */
  add(record: R): void {
    const hash = hashOf(record.key);
    this.#shardOf(hash).add(record, hash);
  }

  /** Does nothing if there is no such record. */
  delete(key: string): void {
    const hash = hashOf(key);
    this.#shardOf(hash).delete(key, hash);
  }

  /** All records, in parts of a size that does not hold anybody up; each as it stands when it is asked for. */
  *parts(): Generator<R[]> {
    for (const shard of this.#shards) yield shard.records;
  }

  #shardOf(hash: number): Shard<R> {
    const shard = this.#shards[hash % SHARDS];
    if (shard === undefined) throw new Error('a remainder is always the index of a shard');
    return shard;
  }
}

const SHARDS = 256;
const SMALLEST = 8;

function hashOf(key: string): number {
  return Bun.hash.xxHash32(key);
}

/**
 * One table with open addressing: a record stands at the place that its hash names, or else at the next one
 * that was free. Between its first place and its own there is never a free one, so a search ends at the first.
 *
 * The hashes stand beside the records, so that a record that is not the one is seldom looked at: each look is
 * at memory that the processor's caches do not hold, and costs as much as all the rest of a search.
 */
class Shard<R extends { readonly key: string }> {
  /** A power of two of places, at most three quarters of them taken. */
  #places: (R | undefined)[] = new Array(SMALLEST).fill(undefined);
  /** The hash of the record at each place; of one that is free it says nothing. */
  #hashes = new Uint32Array(SMALLEST);
  size = 0;

  get records(): R[] {
    return this.#places.filter((it) => it !== undefined);
  }

  get(key: string, hash: number): R | undefined {
    return this.#places[this.#find(key, hash)];
  }

  add(record: R, hash: number): void {
    if ((this.size + 1) * 4 > this.#places.length * 3) this.#resize(this.#places.length * 2);
    this.#put(record, hash, this.#find(record.key, hash));
    this.size++;
  }

  delete(key: string, hash: number): void {
    const found = this.#find(key, hash);
    if (this.#places[found] === undefined) return;
    this.#close(found);
    this.size--;
    if (this.#places.length > SMALLEST && this.size * 8 < this.#places.length)
      this.#resize(this.#places.length / 2);
  }

  /** The place of the record with this key; if there is none, the free one where it would go. */
  #find(key: string, hash: number): number {
    let at = this.#first(hash);
    for (let it = this.#places[at]; it !== undefined; it = this.#places[at]) {
      if (this.#hashes[at] === hash && it.key === key) break;
      at = this.#after(at);
    }
    return at;
  }

  #put(record: R, hash: number, place: number): void {
    this.#places[place] = record;
    this.#hashes[place] = hash;
  }

  /** Frees a place, and moves up whoever is only behind it because it was taken. */
  #close(place: number): void {
    let free = place;
    this.#places[free] = undefined;
    let at = this.#after(free);
    for (let it = this.#places[at]; it !== undefined; it = this.#places[at]) {
      const hash = this.#hashes[at] ?? 0;
      if (this.#distance(this.#first(hash), at) >= this.#distance(free, at)) {
        this.#put(it, hash, free);
        this.#places[at] = undefined;
        free = at;
      }
      at = this.#after(at);
    }
  }

  /** Moves all to other places, by their hashes alone: the records are not looked at. */
  #resize(length: number): void {
    const places = this.#places;
    const hashes = this.#hashes;
    this.#places = new Array(length).fill(undefined);
    this.#hashes = new Uint32Array(length);
    for (const [i, record] of places.entries()) {
      if (record === undefined) continue;
      const hash = hashes[i] ?? 0;
      let at = this.#first(hash);
      while (this.#places[at] !== undefined) at = this.#after(at);
      this.#put(record, hash, at);
    }
  }

  #first(hash: number): number {
    return Math.floor(hash / SHARDS) % this.#places.length;
  }

  #after(place: number): number {
    return (place + 1) % this.#places.length;
  }

  /** How far it is from one place on to another, around the end. */
  #distance(from: number, to: number): number {
    return (to - from + this.#places.length) % this.#places.length;
  }
}
