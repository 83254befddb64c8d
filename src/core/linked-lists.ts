import { Rows } from './rows.ts';

/** The columns of an entry: the number of its list, and its neighbours there. */
const LIST = 0;
const NEXT = 4;
const PREVIOUS = 8;
const ROW_BYTES = 12;

/** In place of an entry or of a list's number: there is none. */
const NONE = 0;

/** One list, which `LinkedLists` alone writes. */
export interface List {
  readonly number: number;
  /** The entry in front, 0 if there is none. */
  first: number;
  length: number;
}

/**
 * Many doubly linked lists. An entry is a number from 1 on, and in one list at the most.
 *
 * To add an entry or to take it out is to write a few numbers, however long the list: nothing grows with a list
 * that would have to be copied some day.
 */
export class LinkedLists {
  readonly #entries = new Rows(ROW_BYTES);
  /** By their numbers. */
  readonly #lists: (List | undefined)[] = [undefined];
  /** Numbers of lists that were discarded. */
  readonly #unused: number[] = [];

  /** A new list, with nothing in it. */
  create(): List {
    const number = this.#unused.pop() ?? this.#lists.length;
    const list = { number, first: NONE, length: 0 };
    this.#lists[number] = list;
    return list;
  }

  /** Gives up a list that is empty. */
  discard({ number }: List): void {
    this.#lists[number] = undefined;
    this.#unused.push(number);
  }

  /** Puts an entry that is in no list in front of the others. */
  add(list: List, entry: number): void {
    this.#entries.setInt(entry, LIST, list.number);
    this.#join(list, entry, list.first);
    this.#join(list, NONE, entry);
    list.length++;
  }

  /** Takes an entry out of the list that it is in. @returns whether it was in any */
  remove(entry: number): boolean {
    const list = this.#lists[this.#entries.int(entry, LIST)];
    if (list === undefined) return false;
    this.#join(list, this.#entries.int(entry, PREVIOUS), this.#entries.int(entry, NEXT));
    this.#entries.setInt(entry, LIST, NONE);
    list.length--;
    return true;
  }

  /** The entries of a list from the front, each of which may be removed while it is looked at. */
  *entriesOf(list: List): Generator<number> {
    for (let entry = list.first; entry !== NONE; ) {
      const next = this.#entries.int(entry, NEXT);
      yield entry;
      entry = next;
    }
  }

  /** Has one entry of a list follow another; none before it makes it the first, none after it the last. */
  #join(list: List, before: number, after: number): void {
    if (before === NONE) list.first = after;
    else this.#entries.setInt(before, NEXT, after);
    if (after !== NONE) this.#entries.setInt(after, PREVIOUS, before);
  }
}
