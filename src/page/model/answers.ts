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
