import { randomInt } from 'node:crypto';
import type { OtpKey } from './store.ts';

/** Where the digits of new codes come from. */
export interface CodeSource {
  /** The digits of a new code; a promise of them where others have to be asked. */
  draw(key: OtpKey): string | Promise<string>;
  /** Whether cooldown, send limit and lock do not apply to this user. */
  isExempt(user: string): boolean;
}

/** Codes of `length` digits (at most 14), uniform over the whole range, from the system's secure generator. */
export function randomCodes(length: number) {
  return {
    draw: (_key: OtpKey) =>
      randomInt(10 ** length)
        .toString()
        .padStart(length, '0'),
    isExempt: (_user: string) => false,
  };
}
