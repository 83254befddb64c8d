import { Column } from './column.ts';

/** Which bits of a row's number are its place in a chunk: so few rows that a new chunk takes no time. */
const CHUNK_BITS = 10;
const CHUNK = 2 ** CHUNK_BITS;
/** A byte for the length and 39 for the characters: a UUID fits, and so do most e-mail addresses. */
const ROW_BYTES = 40;

/**
 * The key of each of millions of rows.
 *
 * A string takes 40 bytes besides its characters, and time of the garbage collector. So a short key of Latin-1
 * characters is kept as bytes, and any other as a string.
 */
export class KeyColumn {
  /** In each row the length of its key and the key; 0 if the key is a string. */
  readonly #chunks: Buffer[] = [];
  readonly #strings = new Column<string>();

  get(row: number): string | undefined {
    const chunk = this.#chunkOf(row);
    const start = firstByte(row);
    const length = chunk[start] ?? 0;
    if (length === 0) return this.#strings.get(row);
    return chunk.toString('latin1', start + 1, start + 1 + length);
  }

  /** Whether a row has this key, at less cost than to get it. */
  has(row: number, key: string): boolean {
    const chunk = this.#chunkOf(row);
    const start = firstByte(row);
    const length = chunk[start] ?? 0;
    if (length === 0) return this.#strings.get(row) === key;
    if (length !== key.length) return false;
    for (let i = 0; i < length; i++) if (chunk[start + 1 + i] !== key.charCodeAt(i)) return false;
    return true;
  }

  set(row: number, key: string): void {
    const chunk = this.#chunkOf(row);
    const start = firstByte(row);
    const isShort = key.length < ROW_BYTES && /^[\0-\xff]+$/.test(key);
    chunk[start] = isShort ? key.length : 0;
    if (isShort) chunk.write(key, start + 1, 'latin1');
    else this.#strings.set(row, key);
  }

  delete(row: number): void {
    this.#chunkOf(row)[firstByte(row)] = 0;
    this.#strings.set(row, undefined);
  }

  #chunkOf(row: number): Buffer {
    const index = row >>> CHUNK_BITS;
    const chunk = this.#chunks[index] ?? Buffer.alloc(CHUNK * ROW_BYTES);
    this.#chunks[index] = chunk;
    return chunk;
  }
}

function firstByte(row: number): number {
  return (row & (CHUNK - 1)) * ROW_BYTES;
}
