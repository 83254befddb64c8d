/** Values in a chunk: so few that a new chunk, or a look through one, takes no time that anybody notices. */
const CHUNK = 2 ** 10;

/**
 * A value for each of millions of rows, or for a few of them. Kept in chunks, so that nothing large is copied
 * when there are more, and nothing is kept for a chunk of rows that have none.
 */
export class Column<V> {
  readonly #chunks: (V | undefined)[][] = [];

  get(row: number): V | undefined {
    return this.#chunks[Math.floor(row / CHUNK)]?.[row % CHUNK];
  }

  set(row: number, value: V | undefined): void {
    const index = Math.floor(row / CHUNK);
    const chunk = this.#chunks[index];
    if (chunk !== undefined) chunk[row % CHUNK] = value;
    else if (value !== undefined) {
      const made = new Array<V | undefined>(CHUNK).fill(undefined);
      made[row % CHUNK] = value;
      this.#chunks[index] = made;
    }
  }
}
