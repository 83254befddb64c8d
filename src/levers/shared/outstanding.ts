/** Calls that are not answered yet, for those who wait for them all. */
export class Outstanding {
  readonly #calls = new Set<Promise<unknown>>();
  #failure: Failure | undefined;

  /** The last one, another object each time. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Takes a call for as long as it is under way; nobody need wait for it. */
  async add(call: Promise<unknown>): Promise<void> {
    this.#calls.add(call);
    try {
      await call;
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#calls.delete(call);
    }
  }

  /** Resolves when all that are under way are answered. Rejects if one of them fails. */
  async answered(): Promise<void> {
    await Promise.all(this.#calls);
  }
}

/** That a call has failed, and with what. */
export interface Failure {
  readonly error: unknown;
}
