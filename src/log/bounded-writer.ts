import type { Writable } from 'node:stream';

/** How much may wait for whoever reads the stream, in UTF-16 code units: about as many bytes. */
const MAX_WAITING = 8 * 2 ** 20;

/**
 * Writes to a stream whose reader may be slow, stand still or go away, and never waits for it. What waits for
 * the reader is bounded; what would go beyond that is not taken.
 */
export class BoundedWriter {
  readonly #stream: Writable;
  #waiting = 0;

  constructor(stream: Writable) {
    this.#stream = stream;
    // Without a listener, a reader that went away would end the process.
    stream.on('error', () => {});
  }

  /** Whether nothing waits for the reader. */
  get idle(): boolean {
    return this.#waiting === 0;
  }

  /** Writes `text`, and returns whether it was taken. */
  write(text: string): boolean {
    if (this.#waiting + text.length > MAX_WAITING) return false;
    this.#waiting += text.length;
    this.#stream.write(text, () => {
      this.#waiting -= text.length;
    });
    return true;
  }
}
