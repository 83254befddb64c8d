import { easeOut, SLOTS } from './wheel-geometry.ts';

const SWEEP_MS = 1_400;
const TURN_MS = SLOTS * 1_000;

/**
 * Animates moves of service time. The hand sweeps to its new position instead of jumping: the time shown lags behind,
 * by less and less. A long move is shown as one turn plus the remainder.
 *
 * `at` is the browser's monotonic time, in ms.
 */
export class Sweep {
  #lag = 0;
  #since = Number.NEGATIVE_INFINITY;

  /** Service time was moved by `ms`. */
  leap(ms: number, at: number): void {
    const whole = this.lag(at) + ms;
    const beyond = Math.abs(whole) > 2 * TURN_MS;
    this.#lag = beyond ? Math.sign(whole) * (TURN_MS + (Math.abs(whole) % TURN_MS)) : whole;
    this.#since = at;
  }

  /** How far the time shown is behind service time, in ms; negative while the hand sweeps back. */
  lag(at: number): number {
    return this.#lag * (1 - easeOut(Math.min(1, (at - this.#since) / SWEEP_MS)));
  }
}
