import type { MovableClock } from './movable-clock.ts';

/** The longest move ahead: 366 days, in milliseconds. */
export const FURTHEST_MS = 31_622_400_000;

/** No move goes past this: ISO 8601 writes years after 9999 differently, and RFC 3339 not at all. */
export const LATEST = Date.UTC(9_999, 0, 1);

/** A move of service time: ahead by so many milliseconds, ahead to a moment, frozen or unfrozen, or back to real time. */
export type Move =
  | { readonly advance: number }
  | { readonly set: number }
  | { readonly freeze: boolean }
  | { readonly reset: true };

/** Moves a clock. @returns false, and moves nothing, if service time can't go there */
export function takeMove(clock: MovableClock, move: Move): boolean {
  if ('freeze' in move) move.freeze ? clock.freeze() : clock.flow();
  if ('reset' in move) clock.reset();
  if ('freeze' in move || 'reset' in move) return true;
  const ahead = 'set' in move ? move.set - clock.now() : move.advance;
  if (ahead < 0 || ahead > FURTHEST_MS || clock.now() + ahead > LATEST) return false;
  clock.advance(ahead);
  return true;
}
