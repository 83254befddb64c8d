import type { Rows } from './rows.ts';

/** Stands for no row. */
const NONE = 0;

/** A list of rows, linked through two whole numbers of each: joining and leaving cost the same at any length. */
export class RowList {
  readonly #rows: Rows;
  readonly #next: number;
  readonly #previous: number;
  #first = NONE;
  #last = NONE;

  /** @param next the field of the row behind, and `previous` that of the row before: the list's own while a row is in it */
  constructor(rows: Rows, next: number, previous: number) {
    this.#rows = rows;
    this.#next = next;
    this.#previous = previous;
  }

  /** The row that has been in the list for longest; 0 if the list is empty. */
  get first(): number {
    return this.#first;
  }

  /** Adds a row that is not in the list. */
  add(row: number): void {
    this.#join(this.#last, row);
    this.#join(row, NONE);
  }

  /** Removes a row that is in the list. */
  remove(row: number): void {
    this.#join(this.#rows.whole(row, this.#previous), this.#rows.whole(row, this.#next));
  }

  #join(before: number, after: number): void {
    if (before === NONE) this.#first = after;
    else this.#rows.setWhole(before, this.#next, after);
    if (after === NONE) this.#last = before;
    else this.#rows.setWhole(after, this.#previous, before);
  }
}
