import { createHmac } from 'node:crypto';
import type { OtpEvent } from '../../core/events.ts';
import type { CodeSource } from '../../core/otp-service.ts';
import type { OtpKey } from '../../core/store.ts';
import { isOf, keyOf } from '../../core/store.ts';

/** Of how many users and purposes the count is kept; beyond that the one used longest ago starts again. */
export const SEEDS_KEPT = 100_000;

/**
 * Codes that repeat from run to run. A code depends on the seed, the user, the purpose, and how many codes there
 * have been for these two: on nothing that another test does at the same time.
 */
export class SeededCodes implements Pick<CodeSource, 'draw'> {
  readonly #seed: string;
  readonly #length: number;
  /** How many codes there have been for a user and a purpose, the latest last. */
  readonly #issued = new Map<string, number>();
  /** Comes by the earliest next. One made anew would first step over the places of many that were moved. */
  readonly #earliest = this.#issued.keys();

  /** @param length digits of a code, at most 14 */
  constructor(seed: string, length: number) {
    this.#seed = seed;
    this.#length = length;
  }

  async draw(key: OtpKey): Promise<string> {
    return seededCode(this.#seed, this.#length, key, this.#issued.get(keyOf(key)) ?? 0);
  }

  /** Counts the codes that there are: a request that is refused changes nothing. */
  hear(event: OtpEvent): void {
    if (event.type !== 'otp.requested') return;
    const key = keyOf(event);
    const before = this.#issued.get(key) ?? 0;
    this.#issued.delete(key);
    this.#issued.set(key, before + 1);
    const earliest = this.#issued.size > SEEDS_KEPT ? this.#earliest.next().value : undefined;
    if (earliest !== undefined) this.#issued.delete(earliest);
  }

  /** Starts again: for one user, or for all. */
  forget(user?: string): void {
    for (const key of this.#issued.keys())
      if (user === undefined || isOf(user, key)) this.#issued.delete(key);
  }
}

/** The code of so many digits for a user and a purpose after `issued` earlier ones. */
export function seededCode(seed: string, length: number, { user, purpose }: OtpKey, issued: number): string {
  const digest = createHmac('sha256', seed).update(`${user}\0${purpose}\0${issued}`).digest();
  // Of 64 bits: that the remainder prefers some codes cannot be seen.
  const number = digest.readBigUInt64BE() % 10n ** BigInt(length);
  return String(number).padStart(length, '0');
}
