const SMALLEST = 8;

/**
 * Rows by the hashes of their keys, with open addressing: a row stands at the place that its hash names, or else
 * at the next one that was free. Between its first place and its own there is never a free one, so a search ends
 * at the first.
 *
 * The hashes stand beside the rows, so that a row that is not the one is seldom looked at: each look is at memory
 * that the processor's caches do not hold, and costs as much as all the rest of a search.
 */
export class HashTable {
  readonly #isKeyOf: (row: number, key: string) => boolean;
  /** A power of two, at most three quarters of them taken. */
  #places = SMALLEST;
  #taken = 0;
  /** Two numbers for each place: its row, 0 if it is free, and the hash of that row's key. */
  #table = new Uint32Array(SMALLEST * 2);

  /** @param isKeyOf whether a row is this key's */
  constructor(isKeyOf: (row: number, key: string) => boolean) {
    this.#isKeyOf = isKeyOf;
  }

  /** The row of a key; 0 if there is none. */
  find(key: string, hash: number): number {
    return this.#rowAt(this.#search(key, hash));
  }

  /** Adds a row whose key has none yet. */
  add(row: number, hash: number): void {
    if ((this.#taken + 1) * 4 > this.#places * 3) this.#resize(this.#places * 2);
    this.#insert(row, hash);
    this.#taken++;
  }

  /** @returns the row that the key had; 0 if there was none */
  delete(key: string, hash: number): number {
    const place = this.#search(key, hash);
    const row = this.#rowAt(place);
    if (row === 0) return 0;
    this.#close(place);
    this.#taken--;
    if (this.#places > SMALLEST && this.#taken * 8 < this.#places) this.#resize(this.#places / 2);
    return row;
  }

  #rowAt(place: number): number {
    return this.#table[place * 2] ?? 0;
  }

  #hashAt(place: number): number {
    return this.#table[place * 2 + 1] ?? 0;
  }

  #put(place: number, row: number, hash: number): void {
    this.#table[place * 2] = row;
    this.#table[place * 2 + 1] = hash;
  }

  /** The place of the row with this key; if there is none, the free one where the search for it ends. */
  #search(key: string, hash: number): number {
    let at = this.#first(hash);
    for (let row = this.#rowAt(at); row !== 0; row = this.#rowAt(at)) {
      if (this.#hashAt(at) === hash && this.#isKeyOf(row, key)) break;
      at = this.#after(at);
    }
    return at;
  }

  #insert(row: number, hash: number): void {
    let at = this.#first(hash);
    while (this.#rowAt(at) !== 0) at = this.#after(at);
    this.#put(at, row, hash);
  }

  /** Frees a place, and moves up whoever is only behind it because it was taken. */
  #close(place: number): void {
    let free = place;
    this.#put(free, 0, 0);
    let at = this.#after(free);
    for (let row = this.#rowAt(at); row !== 0; row = this.#rowAt(at)) {
      const hash = this.#hashAt(at);
      if (this.#distance(this.#first(hash), at) >= this.#distance(free, at)) {
        this.#put(free, row, hash);
        this.#put(at, 0, 0);
        free = at;
      }
      at = this.#after(at);
    }
  }

  /** Moves all to other places, by their hashes alone: no key is looked at. */
  #resize(places: number): void {
    const before = this.#table;
    this.#places = places;
    this.#table = new Uint32Array(places * 2);
    for (let i = 0; i < before.length; i += 2) {
      const row = before[i] ?? 0;
      if (row !== 0) this.#insert(row, before[i + 1] ?? 0);
    }
  }

  #first(hash: number): number {
    return hash % this.#places;
  }

  #after(place: number): number {
    return (place + 1) % this.#places;
  }

  /** How far it is from one place on to another, around the end. */
  #distance(from: number, to: number): number {
    return (to - from + this.#places) % this.#places;
  }
}
