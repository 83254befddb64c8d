/** How many numbers a word has a bit for, as a power of two. */
const WORD_BITS = 5;

/**
 * Rows that were given up, to be given out again in ascending order.
 *
 * In order, because rows that are used one after the other then lie one behind the other in memory, as codes of one
 * second do that all run out together: out of order each of them costs a look into memory that no cache holds.
 *
 * A bit for each row says whether it is free; a bit for each word of those, whether any bit in it is; and so on up to
 * one word. So to add a row or to take the lowest are a few steps, however many rows there are.
 */
export class FreeRows {
  /** Bits of rows first, of single words last. */
  #levels: Uint32Array<ArrayBuffer>[] = [new Uint32Array(1)];

  add(row: number): void {
    while (row >>> (WORD_BITS * this.#levels.length) !== 0) this.#grow();
    let number = row;
    for (const words of this.#levels) {
      const word = number >>> WORD_BITS;
      words[word] = (words[word] ?? 0) | (1 << number);
      number = word;
    }
  }

  /** Takes the lowest of them. @returns undefined if there is none */
  take(): number | undefined {
    if (this.#levels.at(-1)?.[0] === 0) return undefined;
    let row = 0;
    for (let level = this.#levels.length - 1; level >= 0; level--)
      row = (row << WORD_BITS) | lowestBit(this.#levels[level]?.[row] ?? 0);
    this.#remove(row);
    return row;
  }

  #remove(row: number): void {
    let number = row;
    for (const words of this.#levels) {
      const word = number >>> WORD_BITS;
      const rest = (words[word] ?? 0) & ~(1 << number);
      words[word] = rest;
      if (rest !== 0) return;
      number = word;
    }
  }

  /** One level more: 32 times as many rows. */
  #grow(): void {
    const top = this.#levels.at(-1)?.[0] ?? 0;
    this.#levels = this.#levels.map((words) => {
      const more = new Uint32Array(words.length << WORD_BITS);
      more.set(words);
      return more;
    });
    this.#levels.push(Uint32Array.of(top === 0 ? 0 : 1));
  }
}

/** The number of the lowest bit of a word that is set. */
function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
