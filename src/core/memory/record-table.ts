import { FreeRows } from './free-rows.ts';
import { KeyColumn } from './key-column.ts';
import { RowIndex } from './row-index.ts';

/** How many rows are looked at in one step. */
const STEP = 128;

/**
 * Which row a key's record is kept in: each key has a row of its own, from 1 on, for as long as it is here. Rows
 * that were given up are given out again first, the lowest of them before the others, so there are never more than
 * were once needed together; that many stay reserved.
 */
export class RecordTable {
  readonly #keys = new KeyColumn();
  readonly #index = new RowIndex((row, key) => this.#keys.has(row, key));
  readonly #free = new FreeRows();
  #rows = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The row of a key; 0 if there is none. */
  find(key: string): number {
    return this.#index.find(key);
  }

  /** Gives a row to a key that has none. */
  add(key: string): number {
    const row = this.#free.take() ?? ++this.#rows;
    this.#keys.set(row, key);
    this.#index.add(key, row);
    this.#size++;
    return row;
  }

  /** Gives up a key's row. Does nothing if it has none. */
  delete(key: string): void {
    const row = this.#index.delete(key);
    if (row === 0) return;
    this.#keys.delete(row);
    this.#free.add(row);
    this.#size--;
  }

  /** The key that has a row. */
  keyOf(row: number): string {
    const key = this.#keys.get(row);
    if (key === undefined) throw new Error('the row was given up');
    return key;
  }

  /** All rows that have a key, in steps that hold nobody up; each step as it stands when it is asked for. */
  *steps(): Generator<number[]> {
    for (let first = 1; first <= this.#rows; first += STEP) {
      const rows = Array.from({ length: STEP }, (_, i) => first + i);
      yield rows.filter((row) => this.#keys.get(row) !== undefined);
    }
  }
}
