import type { CodeSource } from '../../core/otp-service.ts';
import type { OtpKey } from '../../core/store.ts';
import { matches } from '../pattern.ts';
import { LocalSetting, type Setting } from '../setting.ts';

/** The code of all users who match a pattern. */
export interface FixedCode {
  readonly user: string;
  readonly code: string;
}

/**
 * Codes that a test knows in advance. The first entry that matches a user gives the code. Such users are exempt from
 * cooldown, send limit and lock.
 */
export class FixedCodes implements CodeSource {
  readonly #others: Pick<CodeSource, 'draw'>;
  readonly #setting: Setting<FixedCode>;

  /** @param others draws the codes of users who match no entry */
  constructor(others: Pick<CodeSource, 'draw'>, setting: Setting<FixedCode> = new LocalSetting()) {
    this.#others = others;
    this.#setting = setting;
  }

  get list(): readonly FixedCode[] {
    return this.#setting.list;
  }

  /** Replaces the list. */
  set(list: readonly FixedCode[]): Promise<void> {
    return this.#setting.set(list);
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
