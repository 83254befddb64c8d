/** A list that a test sets as a whole. With a shared store it is the same for all replicas. */
export interface Setting<T> {
  readonly list: readonly T[];
  /** Replaces the list. */
  set(list: readonly T[]): Promise<void>;
}

/** A list of this process alone. */
export class LocalSetting<T> implements Setting<T> {
  list: readonly T[] = [];

  async set(list: readonly T[]): Promise<void> {
    this.list = list;
  }
}
