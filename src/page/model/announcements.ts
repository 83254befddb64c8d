import type { ServiceEvent } from './wire.ts';

const WORDS = {
  'otp.requested': 'requested',
  'otp.verified': 'verified',
  'otp.rejected': 'wrong guess',
  'otp.locked': 'locked',
  'otp.expired': 'expired',
  'otp.replaced': 'replaced',
  'otp.cancelled': 'cancelled',
  'otp.delivered': 'delivered',
  'otp.delivery_failed': 'not delivered',
} as const;

/** Sums up events for a screen reader: one sentence now and then, not one for each event. */
export class Announcements {
  readonly #counts = new Map<string, number>();

  note({ type }: ServiceEvent): void {
    if (type === 'mock.reset' || type === 'mock.clock') return;
    this.#counts.set(WORDS[type], (this.#counts.get(WORDS[type]) ?? 0) + 1);
  }

  /** Ends the sentence and begins the next one. @returns undefined if there were no events */
  take(): string | undefined {
    if (this.#counts.size === 0) return undefined;
    const parts = [...this.#counts].map(([word, count]) => `${count} ${word}`);
    this.#counts.clear();
    return `Codes: ${parts.join(', ')}.`;
  }
}
