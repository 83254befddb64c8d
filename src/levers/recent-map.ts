/** A map of limited size: beyond it, the entry that was set longest ago is dropped. Iterates in the order of setting. */
export class RecentMap<V> extends Map<string, V> {
  readonly #most: number;
  /** One long-lived iterator: a fresh one would skip over deleted entries (O(n)). */
  readonly #oldest = this.keys();

  constructor(most: number) {
    super();
    this.#most = most;
  }

  override set(key: string, value: V): this {
    this.delete(key);
    super.set(key, value);
    const oldest = this.size > this.#most ? this.#oldest.next().value : undefined;
    if (oldest !== undefined) this.delete(oldest);
    return this;
  }
}
