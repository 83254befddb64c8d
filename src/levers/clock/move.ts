import type { MovableClock } from './movable-clock.ts';

/** The furthest that one move goes ahead: 366 days, in milliseconds. */
export const FURTHEST_MS = 31_622_400_000;

/** No move goes beyond it: moments after the year 9999 are written in another form (RFC 3339 has none). */
export const LATEST = Date.UTC(9_999, 0, 1);

/** A move of service time: ahead by or to milliseconds, to a stop or on again, or back to real time. */
export type Move =
  | { readonly advance: number }
  | { readonly set: number }
  | { readonly freeze: boolean }
  | { readonly reset: true };

/** Moves a clock. @returns false, and nothing is moved, if service time cannot go there */
export function takeMove(clock: MovableClock, move: Move): boolean {
  if ('freeze' in move) move.freeze ? clock.freeze() : clock.flow();
  if ('reset' in move) clock.reset();
  if ('freeze' in move || 'reset' in move) return true;
  const ahead = 'set' in move ? move.set - clock.now() : move.advance;
  if (ahead < 0 || ahead > FURTHEST_MS || clock.now() + ahead > LATEST) return false;
  clock.advance(ahead);
  return true;
}
