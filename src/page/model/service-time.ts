import type { ClockState } from './wire.ts';

/** Differences below this are how long an answer takes, not a move of the clock; in ms. */
const NOISE_MS = 250;

/**
 * Service time between two words of the service about it. It flows with the browser's clock, or stands.
 *
 * `at` is always the browser's own time, in ms since any one moment, that flows evenly.
 */
export class ServiceTime {
  #now: number;
  #at: number;
  #frozen = false;
  #offset = 0;

  /** @param now a first guess at service time, ms since the epoch */
  constructor(now: number, at: number) {
    this.#now = now;
    this.#at = at;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** When the service last said something about its time. */
  get toldAt(): number {
    return this.#at;
  }

  /** Seconds that service time is ahead of real time, at `at`: while it stands, it falls behind. */
  offset(at: number): number {
    return this.#offset - (this.#frozen ? (at - this.#at) / 1_000 : 0);
  }

  /** Service time at `at`, in ms since the epoch. */
  now(at: number): number {
    return this.#frozen ? this.#now : this.#now + (at - this.#at);
  }

  /** Takes the service's word. @returns by how many ms service time has moved, 0 if it only flowed on */
  adopt({ now, offset, frozen }: ClockState, at: number): number {
    const expected = this.now(at);
    const moved = Date.parse(now) - expected;
    const isNoise = Math.abs(moved) < NOISE_MS && !frozen;
    this.#now = isNoise ? expected : Date.parse(now);
    this.#at = at;
    this.#frozen = frozen;
    this.#offset = offset;
    return isNoise ? 0 : moved;
  }
}

/** A time of day in the reader's zone, and its date. @param now ms since the epoch */
export function clockFace(now: number): { readonly time: string; readonly date: string } {
  const date = new Date(now);
  return {
    time: date.toLocaleTimeString('en-GB'),
    date: date.toLocaleDateString('en-GB', {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
    }),
  };
}

/** How far service time is from real time, in words: `1 h 30 s ahead`. @param seconds ahead; negative: behind */
export function offsetInWords(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  if (whole === 0) return 'in step with real time';
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3_600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return `${shown.slice(0, 2).join(' ')} ${seconds > 0 ? 'ahead of' : 'behind'} real time`;
}
