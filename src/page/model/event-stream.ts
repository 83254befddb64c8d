/** A message of a stream. `event` is its type, and `id` its position, if it has one. */
export interface Frame {
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

/**
 * Parses server-sent events from text that arrives in chunks, cut anywhere.
 *
 * The browser's `EventSource` cannot send an API key. `fetch` can, but does not parse events. The rules are in the HTML
 * standard, section 9.2.6, "Interpreting an event stream".
 */
export class EventStreamParser {
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id: string | undefined;

  /** @returns the messages that this text completes, in order */
  push(text: string): Frame[] {
    const frames: Frame[] = [];
    // A CR at the end may be half of a CRLF: keep it for the next chunk.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (this.#data.length > 0) frames.push(this.#frame());
        this.#event = '';
        this.#data = [];
        this.#id = undefined;
      } else this.#field(line);
    }
    return frames;
  }

  #field(line: string): void {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'event') this.#event = value;
    if (name === 'data') this.#data.push(value);
    if (name === 'id') this.#id = value;
  }

  #frame(): Frame {
    return {
      event: this.#event || 'message',
      data: this.#data.join('\n'),
      ...(this.#id !== undefined && { id: this.#id }),
    };
  }
}
