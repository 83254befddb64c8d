import { clockFace } from './service-time.ts';
import { SLOTS } from './wheel-geometry.ts';
import type { Delivery, Fault, Problem } from './wire.ts';

/** A failed call in words: its status, code and detail, the attempts left, and the invalid fields. */
export function problemInWords({ status, code, detail, attemptsLeft, errors = [] }: Problem): string {
  const left = attemptsLeft === undefined ? '' : ` Attempts left: ${attemptsLeft}.`;
  const fields = errors.map(({ field, detail }) => ` ${field.slice(1)}: ${detail}`).join('.');
  return `${status === 0 ? '' : `${status} `}${code}: ${detail}${left}${fields}`;
}

/**
 * A delivery in words, such as `email to alice@example.com: delivered`; without the outcome for what a provider would
 * send; empty without a delivery.
 */
export function deliveryInWords({ channel, to, delivery }: Delivery): string {
  if (to === undefined) return '';
  return delivery === 'none' ? `${channel} to ${to}` : `${channel} to ${to}: ${delivery}`;
}

/** A fault in words, such as `verify, alice*: 503 after 200 ms, 2 times`. */
export function faultInWords(fault: Fault): string {
  const { on, user, times, delayMs, probability } = fault;
  const effect = on === 'delivery' ? deliveryFaultInWords(fault) : callFaultInWords(fault);
  const after = delayMs ? ` after ${delayMs} ms` : '';
  const often = times === undefined ? 'until cleared' : times === 1 ? 'once' : `${times} times`;
  const chance = probability === undefined ? '' : `, with probability ${probability}`;
  return `${on}${user === undefined ? '' : `, ${user}`}: ${effect}${after}, ${often}${chance}`;
}

function callFaultInWords({ drop, status, provider = 'any provider', error }: Fault): string {
  if (error !== undefined) return `${provider}’s ${error}`;
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

/**
 * Where a code is on the wheel, such as `Second 25, 1 ring in, 65 s to go: alice@example.com`.
 *
 * @param second the second whose tick expires the code
 * @param now service time, ms since the epoch
 */
export function dotInWords(user: string, second: number, now: number): string {
  const left = Math.max(0, second - Math.floor(now / 1_000));
  const rings = Math.max(0, Math.ceil(left / SLOTS) - 1);
  const ring = rings === 0 ? 'at the rim' : rings === 1 ? '1 ring in' : `${rings} rings in`;
  return `Second ${second % SLOTS}, ${ring}, ${left} s to go: ${user}`;
}

/** When a code arrived and when exactly it expires or expired, if it does, in the reader's time zone. Times are ms since the epoch. */
export function lifetimeInWords(createdAt: number, expiresAt: number, now: number): string {
  const arrived = `arrived ${moment(createdAt, now)}`;
  if (expiresAt === Number.POSITIVE_INFINITY) return arrived;
  return `${arrived}, ${now < expiresAt ? 'expires' : 'expired'} ${moment(expiresAt, now)}`;
}

/** A time of day, with its date unless that is today's. */
function moment(at: number, now: number): string {
  const { time, date } = clockFace(at);
  return date === clockFace(now).date ? time : `${date}, ${time}`;
}

/** The service's real wheel in words. @param shown how many of its entries are codes on the wheel of 60 slots */
export function unrolledInWords(slots: number, current: number, entries: number, shown: number): string {
  const [all, hand, codes, others] = [
    slots,
    current,
    Math.min(shown, entries),
    Math.max(0, entries - shown),
  ].map((n) => n.toLocaleString('en'));
  return `The service’s wheel has ${all} slots, a second each; its hand is at ${hand}. It holds the ${codes} waiting above, and ${others} other reminders: of older codes, codes just expired, counters and sends.`;
}

/** How many codes there are, such as `newest 50 of 3,000` or `2 of 41 match`; empty for none. */
export function countInWords(shown: number, matching: number, total: number): string {
  const [of, all] = [matching.toLocaleString('en'), total.toLocaleString('en')];
  if (shown === total) return total === 0 ? '' : all;
  // The list keeps a thousand codes and counts the older ones.
  return matching >= Math.min(total, 1_000) ? `newest ${shown} of ${all}` : `${of} of ${all} match`;
}
