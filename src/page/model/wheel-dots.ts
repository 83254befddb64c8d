import type { Code } from './code-list.ts';
import { secondOf } from './wheel-geometry.ts';
import type { CodeState } from './wire.ts';

/** A code on the wheel. */
export interface Dot {
  readonly id: string;
  /** The second whose tick expires the code. */
  readonly second: number;
  /** Its number among the dots of its second. */
  readonly place: number;
  /** When it appeared, in the browser's monotonic time. */
  readonly since: number;
}

/** A removed dot, and the reason: `expired` if the hand passed it. */
export interface Gone {
  readonly dot: Dot;
  readonly why: CodeState | 'forgotten';
}

/**
 * The dots on the wheel. A pending code has a dot. An expired code keeps it until the hand on the screen passes its
 * slot: while the hand sweeps, that is after the event.
 */
export class WheelDots {
  readonly #dots = new Map<string, Dot>();

  get size(): number {
    return this.#dots.size;
  }

  all(): IterableIterator<Dot> {
    return this.#dots.values();
  }

  get(id: string): Dot | undefined {
    return this.#dots.get(id);
  }

  /** The earliest second with a dot. */
  next(): number | undefined {
    let next: number | undefined;
    for (const { second } of this.#dots.values()) next = Math.min(second, next ?? second);
    return next;
  }

  /**
   * Updates the dots from the codes.
   *
   * @param shownMs the time that the wheel shows, ms since the epoch
   * @param at the browser's monotonic time
   * @returns the removed dots
   */
  follow(codes: { all(): Iterable<Code>; get(id: string): Code | undefined }, shownMs: number, at: number) {
    const gone = this.#sweepOut(codes, Math.floor(shownMs / 1_000));
    for (const { id, state, expiresAt } of codes.all()) {
      if (state === 'pending' && expiresAt > shownMs && !this.#dots.has(id)) this.#put(id, expiresAt, at);
    }
    return gone;
  }

  #sweepOut(codes: { get(id: string): Code | undefined }, hand: number): Gone[] {
    const gone: Gone[] = [];
    for (const dot of this.#dots.values()) {
      const { state, expiresAt = 0 } = codes.get(dot.id) ?? {};
      const waits = state === 'pending' || state === 'expired';
      // Not the dot's own second: a test may have expired the code early.
      if (waits && secondOf(expiresAt) > hand) continue;
      this.#dots.delete(dot.id);
      gone.push({ dot, why: waits ? 'expired' : (state ?? 'forgotten') });
    }
    return gone;
  }

  #put(id: string, expiresAt: number, since: number): void {
    const second = secondOf(expiresAt);
    let place = 0;
    // The map is in the order of arrival: the last dot of a second has the highest place.
    for (const dot of this.#dots.values()) if (dot.second === second) place = dot.place + 1;
    this.#dots.set(id, { id, second, place, since });
  }
}
