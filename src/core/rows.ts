/** How many rows a chunk has, as a power of two: so few that a new chunk takes well under a millisecond. */
const CHUNK_BITS = 12;
const CHUNK = 2 ** CHUNK_BITS;

/**
 * A row takes two lines of the processor's cache. Field numbers are places: the whole numbers 2n and 2n + 1 lie where the
 * float n does. What a step reads or writes together stands in one line:
 *
 *     bytes    0 to 15   wholes 0 to 3    the wheel's links, the hash
 *             16 to 63   floats 2 to 7    deadlines, the code
 *             64 to 71   float 8
 *             72 to 83   wholes 18 to 20  the last is the text's length
 *             84 to 127                   the text
 */
const ROW_BYTES = 128;
const TEXT = 84;
const TEXT_BYTES = ROW_BYTES - TEXT;

/** The field of the text's length; TOO_LONG if the text is kept as a string. */
const LENGTH = 20;
const TOO_LONG = TEXT_BYTES + 1;

/**
 * A table for millions of records: each row has a few numbers and a short text, in 128 bytes.
 *
 * As objects, the same records need twice the memory and cause pauses of 13 ms: the garbage collector visits every object
 * again and again, and never looks inside bytes. The bytes are in chunks, so growth copies nothing.
 *
 * Rows are numbered from 1. A row that was just taken still has the numbers of its last use.
 */
export class Rows {
  readonly #chunks = [new Chunk()];
  readonly #longTexts = new Column<string>();
  readonly #free = new FreeRows();
  #used = 0;

  /** The highest number that a row has had. */
  get used(): number {
    return this.#used;
  }

  /** Takes the lowest free row, so rows taken together are adjacent in memory. */
  take(): number {
    const free = this.#free.take();
    if (free !== undefined) return free;
    this.#used++;
    if (this.#used % CHUNK === 0) this.#chunks.push(new Chunk());
    return this.#used;
  }

  /** Gives a row up. */
  release(row: number): void {
    if (this.whole(row, LENGTH) === TOO_LONG) this.#longTexts.set(row, undefined);
    this.setWhole(row, LENGTH, 0);
    this.#free.add(row);
  }

  /** A whole number from -2³¹ to 2³¹ - 1. */
  whole(row: number, field: number): number {
    return this.#chunkOf(row).wholes[((row & (CHUNK - 1)) << 5) | field] ?? 0;
  }

  setWhole(row: number, field: number, value: number): void {
    this.#chunkOf(row).wholes[((row & (CHUNK - 1)) << 5) | field] = value;
  }

  /** Any number. */
  float(row: number, field: number): number {
    return this.#chunkOf(row).floats[((row & (CHUNK - 1)) << 4) | field] ?? 0;
  }

  setFloat(row: number, field: number, value: number): void {
    this.#chunkOf(row).floats[((row & (CHUNK - 1)) << 4) | field] = value;
  }

  /** The text of a row; empty if the row is free. */
  text(row: number): string {
    const length = this.whole(row, LENGTH);
    if (length === TOO_LONG) return this.#longTexts.get(row) ?? '';
    const start = (row & (CHUNK - 1)) * ROW_BYTES + TEXT;
    return this.#chunkOf(row).bytes.toString('latin1', start, start + length);
  }

  /** Whether a row has this text: cheaper than reading it. */
  hasText(row: number, text: string): boolean {
    const length = this.whole(row, LENGTH);
    if (length === TOO_LONG) return this.#longTexts.get(row) === text;
    if (length !== text.length) return false;
    const { bytes } = this.#chunkOf(row);
    const start = (row & (CHUNK - 1)) * ROW_BYTES + TEXT;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** Writes the text of a row that was just taken. Latin-1 text of up to 44 characters takes no memory beside the row. */
  setText(row: number, text: string): void {
    const fits = text.length <= TEXT_BYTES && /^[\0-\xff]*$/.test(text);
    this.setWhole(row, LENGTH, fits ? text.length : TOO_LONG);
    if (!fits) this.#longTexts.set(row, text);
    else this.#chunkOf(row).bytes.write(text, (row & (CHUNK - 1)) * ROW_BYTES + TEXT, 'latin1');
  }

  #chunkOf(row: number): Chunk {
    const chunk = this.#chunks[row >>> CHUNK_BITS];
    if (chunk === undefined) throw new Error(`there is no row ${row}`);
    return chunk;
  }
}

/** The bytes of some rows, as the three kinds of things in them. */
class Chunk {
  readonly bytes = Buffer.from(new ArrayBuffer(CHUNK * ROW_BYTES));
  readonly wholes = new Int32Array(this.bytes.buffer);
  readonly floats = new Float64Array(this.bytes.buffer);
}

/** A value for each of a few rows. Chunks of rows that have none take no memory. */
export class Column<V> {
  readonly #chunks: (V | undefined)[][] = [];

  get(row: number): V | undefined {
    return this.#chunks[row >>> CHUNK_BITS]?.[row & (CHUNK - 1)];
  }

  set(row: number, value: V | undefined): void {
    const known = this.#chunks[row >>> CHUNK_BITS];
    if (known === undefined && value === undefined) return;
    const chunk = known ?? new Array<V | undefined>(CHUNK).fill(undefined);
    chunk[row & (CHUNK - 1)] = value;
    this.#chunks[row >>> CHUNK_BITS] = chunk;
  }
}

/** How many bits a word has, as a power of two. */
const WORD_BITS = 5;

/**
 * Free rows, taken lowest first. A bit for each row says whether it is free, a bit for each word of those whether any bit
 * in it is set, and so on up to a single word. So each step costs a few operations at any number of rows.
 */
class FreeRows {
  /** The bits of the rows first, the single word last. Signed, as the results of bit operations are. */
  #levels = [new Int32Array(1)];

  add(row: number): void {
    while (row >>> (WORD_BITS * this.#levels.length) !== 0) this.#grow();
    let bit = row;
    for (const words of this.#levels) {
      const word = bit >>> WORD_BITS;
      words[word] = (words[word] ?? 0) | (1 << bit);
      bit = word;
    }
  }

  take(): number | undefined {
    if (this.#levels.at(-1)?.[0] === 0) return undefined;
    let row = 0;
    for (let level = this.#levels.length - 1; level >= 0; level--) {
      const word = this.#levels[level]?.[row] ?? 0;
      row = (row << WORD_BITS) | (31 - Math.clz32(word & -word));
    }
    this.#remove(row);
    return row;
  }

  #remove(row: number): void {
    let bit = row;
    for (const words of this.#levels) {
      const word = bit >>> WORD_BITS;
      const rest = (words[word] ?? 0) & ~(1 << bit);
      words[word] = rest;
      if (rest !== 0) return;
      bit = word;
    }
  }

  /** Adds a level, for 32 times as many rows. */
  #grow(): void {
    const top = this.#levels.at(-1)?.[0] ?? 0;
    this.#levels = this.#levels.map((words) => {
      const more = new Int32Array(words.length << WORD_BITS);
      more.set(words);
      return more;
    });
    this.#levels.push(Int32Array.of(top === 0 ? 0 : 1));
  }
}
