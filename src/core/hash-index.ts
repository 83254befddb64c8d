/** How many numbers a piece of a table has, as a power of two. */
const PIECE_BITS = 13;
const PIECE = 2 ** PIECE_BITS;

/** In place of a row: there is none. */
const NONE = 0;

/**
 * Rows by the hash of their key, for millions of them.
 *
 * Rows of one bucket are chained. The chains and the hashes lie close together, apart from the rows: a row itself is
 * looked at only if its hash is the one that is sought, because each look is at memory that no cache holds.
 *
 * This is linear hashing (Litwin, 1980): with each row the table grows by one bucket, so no call ever moves many rows. A
 * `Map` moves all of them at once, for up to half a second.
 */
export class HashIndex {
  readonly #isKeyOf: (row: number, key: string) => boolean;
  /** Drawn anew for each process, so that a client that chooses the names cannot choose the buckets. */
  readonly #seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  /** The first row of each bucket. */
  readonly #heads = new Table();
  /** For each row its hash, and the next row of its bucket. */
  readonly #links = new Table();
  #buckets = 1;
  #size = 0;

  /** @param isKeyOf whether a row has this key */
  constructor(isKeyOf: (row: number, key: string) => boolean) {
    this.#isKeyOf = isKeyOf;
    this.#heads.reach(0);
  }

  get size(): number {
    return this.#size;
  }

  /** The row of a key; 0 if there is none. */
  find(key: string): number {
    const hash = this.#hash(key);
    let row = this.#heads.get(this.#bucketOf(hash));
    while (row !== NONE && (this.#links.get(2 * row) !== hash || !this.#isKeyOf(row, key)))
      row = this.#links.get(2 * row + 1);
    return row;
  }

  /** Adds the row of a key that has none. */
  add(key: string, row: number): void {
    if (this.#size >= this.#buckets) this.#split();
    const hash = this.#hash(key);
    this.#links.reach(2 * row + 1);
    this.#links.set(2 * row, hash);
    this.#push(this.#bucketOf(hash), row);
    this.#size++;
  }

  /** Removes a row that is here. */
  remove(row: number): void {
    const bucket = this.#bucketOf(this.#links.get(2 * row));
    const next = this.#links.get(2 * row + 1);
    let before = this.#heads.get(bucket);
    if (before === row) this.#heads.set(bucket, next);
    else {
      while (this.#links.get(2 * before + 1) !== row) before = this.#links.get(2 * before + 1);
      this.#links.set(2 * before + 1, next);
    }
    this.#size--;
  }

  #hash(key: string): number {
    return Bun.hash.xxHash32(key, this.#seed);
  }

  /** Of the buckets up to the next power of two, those that are not split off yet are the lower half's. */
  #bucketOf(hash: number): number {
    const half = 1 << (31 - Math.clz32(this.#buckets));
    const bucket = hash & (2 * half - 1);
    return bucket < this.#buckets ? bucket : bucket - half;
  }

  /** Adds a bucket, and moves those rows into it that belong there now. */
  #split(): void {
    const source = this.#bucketOf(this.#buckets);
    this.#heads.reach(this.#buckets);
    this.#buckets++;
    let row = this.#heads.get(source);
    this.#heads.set(source, NONE);
    while (row !== NONE) {
      const next = this.#links.get(2 * row + 1);
      this.#push(this.#bucketOf(this.#links.get(2 * row)), row);
      row = next;
    }
  }

  #push(bucket: number, row: number): void {
    this.#links.set(2 * row + 1, this.#heads.get(bucket));
    this.#heads.set(bucket, row);
  }
}

/** Whole numbers of 32 bits by their place, in pieces, so that growth copies nothing. */
class Table {
  readonly #pieces: Uint32Array[] = [];

  /** Makes room for this place. */
  reach(place: number): void {
    while (this.#pieces.length <= place >>> PIECE_BITS) this.#pieces.push(new Uint32Array(PIECE));
  }

  get(place: number): number {
    return this.#pieces[place >>> PIECE_BITS]?.[place & (PIECE - 1)] ?? NONE;
  }

  set(place: number, value: number): void {
    const piece = this.#pieces[place >>> PIECE_BITS];
    if (piece !== undefined) piece[place & (PIECE - 1)] = value;
  }
}
