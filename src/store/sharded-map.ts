/**
 * A map of strings whose growth nobody notices.
 *
 * A `Map` that grows moves all of its entries at once: with a few million a single `set` takes most of a
 * second, and nothing else happens meanwhile. Many small maps grow one at a time, each in a moment.
 */
export class ShardedMap<V> {
  readonly #shards = Array.from({ length: 256 }, () => new Map<string, V>());

  get size(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.size, 0);
  }

  get(key: string): V | undefined {
    return this.#shardOf(key).get(key);
  }

  set(key: string, value: V): void {
    this.#shardOf(key).set(key, value);
  }

  delete(key: string): void {
    this.#shardOf(key).delete(key);
  }

  #shardOf(key: string): Map<string, V> {
    const shard = this.#shards[Bun.hash.xxHash32(key) % this.#shards.length];
    if (shard === undefined) throw new Error('a remainder is always the index of a shard');
    return shard;
  }
}
