/** A list that a test sets as a whole. With a shared store it is the same for all replicas. */
export interface List<T> {
  readonly entries: readonly T[];
  /** Replaces the list. No entry of the new one has been used. */
  set(entries: readonly T[]): Promise<void>;
  /** How often this entry has been used. */
  usesOf(entry: T): number;
  /** Counts a use. @returns false if other replicas have used the entry `most` times, or have replaced the list */
  use(entry: T, most: number): Promise<boolean>;
}

/** A list of this process alone. */
export class LocalList<T> implements List<T> {
  entries: readonly T[] = [];
  #uses = new Map<T, number>();

  async set(entries: readonly T[]): Promise<void> {
    this.entries = entries;
    this.#uses = new Map();
  }

  usesOf(entry: T): number {
    return this.#uses.get(entry) ?? 0;
  }

  async use(entry: T): Promise<boolean> {
    this.#uses.set(entry, this.usesOf(entry) + 1);
    return true;
  }
}

/** Whether a pattern matches a user: an exact one, or with a single `*` at its start or end for any text. */
export function matches(pattern: string, user: string): boolean {
  if (pattern.startsWith('*')) return user.endsWith(pattern.slice(1));
  if (pattern.endsWith('*')) return user.startsWith(pattern.slice(0, -1));
  return user === pattern;
}
