import { createHmac } from 'node:crypto';
import type { OtpEvent } from '../../core/events.ts';
import type { CodeSource } from '../../core/otp-service.ts';
import { isOf, keyOf, type OtpKey } from '../../core/store.ts';

/** How many users and purposes are counted. Beyond that, the one used longest ago starts again. */
export const COUNTS_KEPT = 100_000;

/** Counts the codes issued to each user and purpose. */
export interface CodeCounter {
  issued(key: OtpKey): Promise<number>;
  count(key: OtpKey): void;
  /** Starts again: for one user, or for all. */
  forget(user?: string): Promise<void>;
}

/** The counts of this process alone. */
export class LocalCounter implements CodeCounter {
  /** The most recently used last. */
  readonly #counts = new Map<string, number>();
  /** One long-lived iterator over the least recently used: a fresh one would skip over deleted entries (O(n)). */
  readonly #oldest = this.#counts.keys();

  async issued(key: OtpKey): Promise<number> {
    return this.#counts.get(keyOf(key)) ?? 0;
  }

  count(otpKey: OtpKey): void {
    const key = keyOf(otpKey);
    const before = this.#counts.get(key) ?? 0;
    this.#counts.delete(key);
    this.#counts.set(key, before + 1);
    const oldest = this.#counts.size > COUNTS_KEPT ? this.#oldest.next().value : undefined;
    if (oldest !== undefined) this.#counts.delete(oldest);
  }

  async forget(user?: string): Promise<void> {
    for (const key of this.#counts.keys())
      if (user === undefined || isOf(user, key)) this.#counts.delete(key);
  }
}

/**
 * Codes that repeat from run to run. A code depends on the seed, the user, the purpose and the number of codes issued
 * for these two. It depends on nothing that another test does at the same time.
 */
export class SeededCodes implements Pick<CodeSource, 'draw'> {
  readonly #seed: string;
  readonly #length: number;
  readonly #counter: CodeCounter;

  /** @param length digits of a code, at most 14 */
  constructor(seed: string, length: number, counter: CodeCounter = new LocalCounter()) {
    this.#seed = seed;
    this.#length = length;
    this.#counter = counter;
  }

  async draw(key: OtpKey): Promise<string> {
    const issued = await this.#counter.issued(key);
    const digest = createHmac('sha256', this.#seed).update(`${key.user}\0${key.purpose}\0${issued}`).digest();
    // The remainder of 64 bits favours some codes by less than anyone can measure.
    const number = digest.readBigUInt64BE() % 10n ** BigInt(this.#length);
    return String(number).padStart(this.#length, '0');
  }

  /** Counts issued codes. A refused request counts for nothing. */
  onEvent(event: OtpEvent): void {
    if (event.type === 'otp.requested') this.#counter.count(event);
  }

  /** Starts again: for one user, or for all. */
  forget(user?: string): Promise<void> {
    return this.#counter.forget(user);
  }
}
