import { SLOTS } from './wheel-geometry.ts';
import type { Fault, Problem } from './wire.ts';

/** What a call that failed is said to the reader as: its status, its name, what to do, and which fields. */
export function problemInWords({ status, code, detail, attemptsLeft, errors = [] }: Problem): string {
  const left = attemptsLeft === undefined ? '' : ` Attempts left: ${attemptsLeft}.`;
  const fields = errors.map(({ field, detail }) => ` ${field.slice(1)}: ${detail}`).join('.');
  return `${status === 0 ? '' : `${status} `}${code}: ${detail}${left}${fields}`;
}

/** A fault in a few words: `verify, alice*: 503 after 200 ms, 2 times`. */
export function faultInWords({ on, user, times, delayMs, status, drop }: Fault): string {
  const what = drop ? 'connection dropped' : (status?.toString() ?? 'answered');
  const after = delayMs ? ` after ${delayMs} ms` : '';
  const often = times === undefined ? 'until cleared' : times === 1 ? 'once' : `${times} times`;
  return `${on}${user === undefined ? '' : `, ${user}`}: ${what}${after}, ${often}`;
}

/**
 * The wheel in words, for who cannot see it.
 *
 * @param count how many codes are on it; @param next the second at which the first of them is due
 * @param now service time, ms since the epoch
 */
export function wheelInWords(count: number, next: number | undefined, now: number): string {
  const hand = Math.floor(now / 1_000);
  const due = next === undefined ? '' : ` The next runs out in ${Math.max(0, next - hand)} s.`;
  const wait = count === 1 ? '1 code waits' : `${count} codes wait`;
  return `The timing wheel: its hand is at slot ${hand % SLOTS} of ${SLOTS}, ${wait}.${due}`;
}
