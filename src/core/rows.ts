/** Which bits of a row's number are its place in a chunk: so few rows that a new chunk takes no time. */
const CHUNK_BITS = 10;
const CHUNK = 2 ** CHUNK_BITS;

/**
 * Numbers in rows, all rows of one layout: a table for millions of them.
 *
 * As objects so many would cost twice the memory, and pauses: the garbage collector looks at each object again
 * and again, and into numbers never. They are kept in chunks, so that nothing large is copied when there are more.
 *
 * A row is a number from 0 on, and rows are meant to be used without large gaps. A column is the place of its
 * first byte in the row. What was never written is 0.
 */
export class Rows {
  readonly #bytes: number;
  readonly #chunks: DataView[] = [];

  /** @param bytes how many each row has: 4 for each column of whole numbers, 8 for one of any others */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** A whole number of 32 bits. */
  int(row: number, column: number): number {
    return this.#chunkOf(row).getInt32(this.#place(row, column));
  }

  setInt(row: number, column: number, value: number): void {
    this.#chunkOf(row).setInt32(this.#place(row, column), value);
  }

  float(row: number, column: number): number {
    return this.#chunkOf(row).getFloat64(this.#place(row, column));
  }

  setFloat(row: number, column: number, value: number): void {
    this.#chunkOf(row).setFloat64(this.#place(row, column), value);
  }

  #chunkOf(row: number): DataView {
    const index = row >>> CHUNK_BITS;
    const chunk = this.#chunks[index] ?? new DataView(new ArrayBuffer(this.#bytes * CHUNK));
    this.#chunks[index] = chunk;
    return chunk;
  }

  #place(row: number, column: number): number {
    return (row & (CHUNK - 1)) * this.#bytes + column;
  }
}
