import { HashTable } from './hash-table.ts';

/** As many as 8 bits of a hash tell apart: each is small, and empty ones are no burden. */
const SHARDS = 2 ** 8;

/**
 * Rows by the hash of their key, for millions of them: a hash table in many small shards.
 *
 * A `Map` of a million entries takes 85 bytes for each, and when it grows it moves all of them at once: a single
 * `set` takes most of a second, and nothing else happens meanwhile. Here a row takes 11 to 21 bytes, and shards
 * grow one at a time, each in a moment.
 */
export class RowIndex {
  readonly #shards: HashTable[];

  /** @param isKeyOf whether a row is this key's */
  constructor(isKeyOf: (row: number, key: string) => boolean) {
    this.#shards = Array.from({ length: SHARDS }, () => new HashTable(isKeyOf));
  }

  /** The row of a key; 0 if there is none. */
  find(key: string): number {
    const hash = hashOf(key);
    return this.#shardOf(hash).find(key, hash);
  }

  /** Adds the row of a key that has none yet. */
  add(key: string, row: number): void {
    const hash = hashOf(key);
    this.#shardOf(hash).add(row, hash);
  }

  /** @returns the row that the key had; 0 if there was none */
  delete(key: string): number {
    const hash = hashOf(key);
    return this.#shardOf(hash).delete(key, hash);
  }

  #shardOf(hash: number): HashTable {
    const shard = this.#shards[hash >>> 24];
    if (shard === undefined) throw new Error('the first 8 of 32 bits are always the index of a shard');
    return shard;
  }
}

function hashOf(key: string): number {
  return Bun.hash.xxHash32(key);
}
