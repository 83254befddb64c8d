import type { Announce, Cause } from '../../core/events.ts';
import type { Expiry } from '../../core/expiry.ts';

/** What a reset makes forget: everything, or what belongs to one user. What needs no other process is done at the call. */
export interface Forgettable {
  forget(user?: string): Promise<void>;
}

/**
 * Makes the function that makes the service as good as new, or forgets one user. It never runs while codes expire.
 *
 * @param parts forget in this order
 */
export function resetter(expiry: Expiry, announce: Announce, parts: readonly Forgettable[]) {
  return async (user: string | undefined, cause: Cause): Promise<void> => {
    await expiry.expireAfter(async () => {
      const forgotten = parts.map((part) => part.forget(user));
      // No await before this: a code that is requested from now on is announced after the reset.
      announce({ type: 'mock.reset', ...(user !== undefined && { user }), ...cause });
      await Promise.all(forgotten);
    });
  };
}
