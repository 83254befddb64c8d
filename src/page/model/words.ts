import { SLOTS } from './wheel-geometry.ts';
import type { Delivery, Fault, Problem } from './wire.ts';

/** A failed call in words: its status, code and detail, the attempts left, and the invalid fields. */
export function problemInWords({ status, code, detail, attemptsLeft, errors = [] }: Problem): string {
  const left = attemptsLeft === undefined ? '' : ` Attempts left: ${attemptsLeft}.`;
  const fields = errors.map(({ field, detail }) => ` ${field.slice(1)}: ${detail}`).join('.');
  return `${status === 0 ? '' : `${status} `}${code}: ${detail}${left}${fields}`;
}

/** A delivery in words, such as `email to alice@example.com: delivered`; empty without a delivery. */
export function deliveryInWords({ channel, to = '', delivery }: Delivery): string {
  return delivery === 'none' ? '' : `${channel} to ${to}: ${delivery}`;
}

/** A fault in words, such as `verify, alice*: 503 after 200 ms, 2 times`. */
export function faultInWords(fault: Fault): string {
  const { on, user, times, delayMs } = fault;
  const effect = on === 'delivery' ? deliveryFaultInWords(fault) : callFaultInWords(fault);
  const after = delayMs ? ` after ${delayMs} ms` : '';
  const often = times === undefined ? 'until cleared' : times === 1 ? 'once' : `${times} times`;
  return `${on}${user === undefined ? '' : `, ${user}`}: ${effect}${after}, ${often}`;
}

function callFaultInWords({ drop, status }: Fault): string {
  return drop ? 'connection dropped' : (status?.toString() ?? 'answered');
}

function deliveryFaultInWords({ drop, fail, duplicate }: Fault): string {
  if (fail) return 'refused';
  return drop ? 'lost' : duplicate ? 'sent twice' : 'sent';
}

/**
 * The wheel in words, for a screen reader.
 *
 * @param count the number of codes on it
 * @param next the second in which the first of them is due
 * @param now service time, ms since the epoch
 */
export function wheelInWords(count: number, next: number | undefined, now: number): string {
  const hand = Math.floor(now / 1_000);
  const due = next === undefined ? '' : ` The next expires in ${Math.max(0, next - hand)} s.`;
  const wait = count === 1 ? '1 code waits' : `${count} codes wait`;
  return `The timing wheel: its hand is at slot ${hand % SLOTS} of ${SLOTS}, ${wait}.${due}`;
}
