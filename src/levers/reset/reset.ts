import type { Announce, Cause } from '../../core/events.ts';
import type { Expiry } from '../../core/expiry.ts';

/** How one thing is forgotten that tests leave behind. Whatever can be done at once is done at the call. */
export interface Forgettable {
  /** Forgets everything. */
  all(): Promise<unknown> | unknown;
  /** Forgets what is one user's; absent where nothing is. */
  ofUser?(user: string): Promise<unknown> | unknown;
}

/** Makes the service as new: whatever a test may leave behind registers here how it is forgotten. */
export class Reset {
  readonly #expiry: Expiry;
  readonly #announce: Announce;
  readonly #things: Forgettable[] = [];

  constructor(expiry: Expiry, announce: Announce) {
    this.#expiry = expiry;
    this.#announce = announce;
  }

  /** Registers something to be forgotten; in this order it will be. */
  register(thing: Forgettable): void {
    this.#things.push(thing);
  }

  /** Forgets what is one user's, or everything; not while codes expire. */
  async run(user: string | undefined, cause: Cause): Promise<void> {
    await this.#expiry.expireAfter(async () => {
      const forgotten = this.#things.map((it) => (user === undefined ? it.all() : it.ofUser?.(user)));
      // Before anything else can happen: a code that is requested from here on is told of after the reset.
      this.#announce({ type: 'mock.reset', ...(user !== undefined && { user }), ...cause });
      await Promise.all(forgotten);
    });
  }
}
