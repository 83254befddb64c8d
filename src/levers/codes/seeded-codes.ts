import { createHmac } from 'node:crypto';
import type { CodeSource } from '../../core/otp-service.ts';
import { isOf, keyOf, type OtpKey } from '../../core/store.ts';
import { RecentMap } from '../recent-map.ts';

/** How many users and purposes are counted. Beyond that, the one used longest ago starts again. */
export const COUNTS_KEPT = 100_000;

/** Counts of the codes issued to each user and purpose. */
export interface CodeCounter {
  issued(key: OtpKey): Promise<number>;
  /** Starts again: for one user, or for all. */
  forget(user?: string): Promise<void>;
}

/** The counts of this process alone. */
export class LocalCounter implements CodeCounter {
  #counts = new RecentMap<number>(COUNTS_KEPT);

  async issued(key: OtpKey): Promise<number> {
    return this.#counts.get(keyOf(key)) ?? 0;
  }

  count(otpKey: OtpKey): void {
    const key = keyOf(otpKey);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  async forget(user?: string): Promise<void> {
    // A new map: emptying one of this size takes some 50 ms.
    if (user === undefined) this.#counts = new RecentMap<number>(COUNTS_KEPT);
    else for (const key of this.#counts.keys()) if (isOf(user, key)) this.#counts.delete(key);
  }
}

/**
 * Draws codes that repeat from run to run. A code depends on the seed, the user, the purpose and the number of codes
 * issued for these two. It depends on nothing that another test does at the same time.
 *
 * @param length digits of a code if a caller wants no other number, at most 14
 */
export function seededCodes(seed: string, length: number, counter: CodeCounter): CodeSource['draw'] {
  return async (key, wanted = length) => {
    const issued = await counter.issued(key);
    const digest = createHmac('sha256', seed).update(`${key.user}\0${key.purpose}\0${issued}`).digest();
    // The remainder of 64 bits favours some codes by less than anyone can measure.
    const number = digest.readBigUInt64BE() % 10n ** BigInt(wanted);
    return String(number).padStart(wanted, '0');
  };
}
