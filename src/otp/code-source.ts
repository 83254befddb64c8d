import { randomInt } from 'node:crypto';
import type { OtpKey } from '../store/store.ts';

/** Draws the digits of a new code. */
export type CodeSource = (key: OtpKey) => string;

/** Codes of `length` digits (at most 14), uniform over the whole range, from the system's secure generator. */
export function randomCodes(length: number): CodeSource {
  return () =>
    randomInt(10 ** length)
      .toString()
      .padStart(length, '0');
}
