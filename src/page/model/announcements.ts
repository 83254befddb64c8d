import type { ServiceEvent } from './wire.ts';

/** Words for events that are not called by their name. */
const WORDS: Partial<Record<ServiceEvent['type'], string>> = {
  'otp.rejected': 'wrong guess',
  'otp.delivery_failed': 'not delivered',
};

/** Sums up events for a screen reader: one sentence now and then, not one for each event. */
export class Announcements {
  readonly #counts = new Map<string, number>();

  note({ type }: ServiceEvent): void {
    const [kind, name = ''] = type.split('.');
    if (kind !== 'otp') return;
    const word = WORDS[type] ?? name;
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
  }

  /** Ends the sentence and begins the next one. @returns undefined if there were no events */
  take(): string | undefined {
    if (this.#counts.size === 0) return undefined;
    const parts = [...this.#counts].map(([word, count]) => `${count} ${word}`);
    this.#counts.clear();
    return `Codes: ${parts.join(', ')}.`;
  }
}
