import type { Announce, Cause } from '../../core/events.ts';
import type { Expiry } from '../../core/expiry.ts';

/** How a lever forgets what tests leave behind. What needs no other process must be done at the call. */
export interface Forgettable {
  /** Forgets everything. */
  all(): Promise<unknown>;
  /** Forgets what belongs to one user; absent if nothing does. */
  ofUser?(user: string): Promise<unknown>;
}

/** Makes the service as good as new. */
export class Reset {
  readonly #expiry: Expiry;
  readonly #announce: Announce;
  readonly #levers: readonly Forgettable[];

  /** @param levers are asked to forget in this order */
  constructor(expiry: Expiry, announce: Announce, levers: readonly Forgettable[]) {
    this.#expiry = expiry;
    this.#announce = announce;
    this.#levers = levers;
  }

  /** Forgets everything, or what belongs to one user. Never runs while codes expire. */
  async run(user: string | undefined, cause: Cause): Promise<void> {
    await this.#expiry.expireAfter(async () => {
      const forgotten = this.#levers.map((it) => (user === undefined ? it.all() : it.ofUser?.(user)));
      // No await before this: a code that is requested from now on is announced after the reset.
      this.#announce({ type: 'mock.reset', ...(user !== undefined && { user }), ...cause });
      await Promise.all(forgotten);
    });
  }
}
