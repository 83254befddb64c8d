import type { ClockState } from './wire.ts';

/** Smaller differences, in ms, are network delay, not a move of the clock. */
const NOISE_MS = 250;

/**
 * Service time, between two reports of it by the service. It flows with the browser's clock unless it is frozen.
 *
 * `at` is always the browser's monotonic time, in ms.
 */
export class ServiceTime {
  /** The last report, which came at `at`. */
  #report: { readonly now: number; readonly at: number; readonly frozen: boolean; readonly offset: number };

  /** @param now a first guess at service time, ms since the epoch */
  constructor(now: number, at: number) {
    this.#report = { now, at, frozen: false, offset: 0 };
  }

  get frozen(): boolean {
    return this.#report.frozen;
  }

  /** When the service last reported its time. */
  get reportedAt(): number {
    return this.#report.at;
  }

  /** How many seconds service time is ahead of real time. While frozen, it falls behind. */
  offset(at: number): number {
    return this.#report.offset - (this.frozen ? (at - this.reportedAt) / 1_000 : 0);
  }

  /** Service time at `at`, in ms since the epoch. */
  now(at: number): number {
    return this.#report.now + (this.frozen ? 0 : at - this.reportedAt);
  }

  /** Takes a report of the service. @returns by how many ms service time was moved; 0 if it only flowed */
  adopt({ now, offset, frozen }: ClockState, at: number): number {
    const expected = this.now(at);
    const moved = Date.parse(now) - expected;
    const isNoise = Math.abs(moved) < NOISE_MS && !frozen;
    this.#report = { now: isNoise ? expected : Date.parse(now), at, frozen, offset };
    return isNoise ? 0 : moved;
  }
}

const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const DATE = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

/** The time of day and the date, in the reader's time zone. @param now ms since the epoch */
export function clockFace(now: number): { readonly time: string; readonly date: string } {
  return { time: TIME.format(now), date: DATE.format(now) };
}

/** The difference to real time in words, such as `1 h 30 s ahead of real time`. @param seconds negative if behind */
export function offsetInWords(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  if (whole === 0) return 'same as real time';
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3_600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return `${shown.slice(0, 2).join(' ')} ${seconds > 0 ? 'ahead of' : 'behind'} real time`;
}
