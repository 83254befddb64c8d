import type { Writable } from 'node:stream';

/** Most text that may wait for the reader, in UTF-16 code units: about as many bytes. */
const MAX_WAITING = 8 * 2 ** 20;

/**
 * Writes to a stream and never waits for its reader, which may be slow, hang or disappear. What waits for the reader is
 * bounded; text that would exceed the bound is dropped.
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

  /** Writes `text`, or calls `dropped`: at once for want of room, later if the disk is full or the reader has gone. */
  write(text: string, dropped: () => void): void {
    if (this.#waiting + text.length > MAX_WAITING) {
      dropped();
      return;
    }
    this.#waiting += text.length;
    this.#stream.write(text, (error) => {
      this.#waiting -= text.length;
      if (error) dropped();
    });
  }
}
