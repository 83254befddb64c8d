import type { Writable } from 'node:stream';

/** Most text that may wait for the reader, in UTF-16 code units: about as many bytes. */
const MAX_WAITING = 8 * 2 ** 20;

/**
 * Writes to a stream and never waits for its reader, which may be slow, hang or disappear. What waits for the reader is
 * bounded; text that would exceed the bound is rejected.
 */
export class BoundedWriter {
  readonly #stream: Writable;
  #waiting = 0;

  constructor(stream: Writable) {
    this.#stream = stream;
    // Without a listener, a reader that disappears would end the process.
    stream.on('error', () => {});
  }

  /** Whether the reader has everything. */
  get idle(): boolean {
    return this.#waiting === 0;
  }

  /** Writes `text`; returns false if it was rejected. */
  write(text: string): boolean {
    if (this.#waiting + text.length > MAX_WAITING) return false;
    this.#waiting += text.length;
    this.#stream.write(text, () => {
      this.#waiting -= text.length;
    });
    return true;
  }
}
