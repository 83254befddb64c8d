import type { CodeSource } from '../../core/otp-service.ts';
import type { OtpKey } from '../../core/store.ts';
import { matches } from '../pattern.ts';

/** The code that users get who match a pattern. */
export interface FixedCode {
  readonly user: string;
  readonly code: string;
}

/**
 * Codes that a test knows in advance. The first entry that matches a user gives the code; such users are
 * exempt from cooldown, send limit and lock. All others get theirs from elsewhere.
 */
export class FixedCodes implements CodeSource {
  /** Replaced as a whole by whoever sets it. */
  list: readonly FixedCode[] = [];
  readonly #others: Pick<CodeSource, 'draw'>;

  /** @param others draws the codes of those who match no entry */
  constructor(others: Pick<CodeSource, 'draw'>) {
    this.#others = others;
  }

  clear(): void {
    this.list = [];
  }

  async draw(key: OtpKey): Promise<string> {
    return this.#find(key.user)?.code ?? this.#others.draw(key);
  }

  isExempt(user: string): boolean {
    return this.#find(user) !== undefined;
  }

  #find(user: string): FixedCode | undefined {
    return this.list.find((fixed) => matches(fixed.user, user));
  }
}
