import { createHmac } from 'node:crypto';
import type { CodeSource } from '../otp/code-source.ts';
import { isOf, keyOf } from '../store/records.ts';
import type { OtpKey } from '../store/store.ts';

/** Of how many users and purposes the count is kept; beyond that the one used longest ago starts again. */
const KEPT = 100_000;

/**
 * Codes that repeat from run to run. A code depends on the seed, the user, the purpose, and how many were
 * drawn for these two before: on nothing that another test does at the same time.
 */
export class SeededCodes implements Pick<CodeSource, 'draw'> {
  readonly #seed: string;
  readonly #length: number;
  /** How many codes were drawn for a user and a purpose, the latest last. */
  readonly #drawn = new Map<string, number>();

  /** @param length digits of a code, at most 14 */
  constructor(seed: string, length: number) {
    this.#seed = seed;
    this.#length = length;
  }

  draw(key: OtpKey): string {
    const place = `${key.user}\0${key.purpose}\0${this.#count(keyOf(key))}`;
    const digest = createHmac('sha256', this.#seed).update(place).digest();
    // Of 64 bits: that the remainder prefers some codes cannot be seen.
    const number = digest.readBigUInt64BE() % 10n ** BigInt(this.#length);
    return String(number).padStart(this.#length, '0');
  }

  /** Starts again: for one user, or for all. */
  forget(user?: string): void {
    for (const key of this.#drawn.keys()) if (user === undefined || isOf(user, key)) this.#drawn.delete(key);
  }

  /** The number of the next code, from 0 on. */
  #count(key: string): number {
    const before = this.#drawn.get(key) ?? 0;
    this.#drawn.delete(key);
    this.#drawn.set(key, before + 1);
    const [oldest] = this.#drawn.keys();
    if (oldest !== undefined && this.#drawn.size > KEPT) this.#drawn.delete(oldest);
    return before;
  }
}
