/** One message of a stream: `event` names it, `id` its place, where the stream gives one. */
export interface Frame {
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

/**
 * Reads server-sent events from text that arrives in pieces, cut anywhere.
 *
 * The browser's own `EventSource` cannot send an API key; `fetch` can, but leaves the reading to its caller.
 * The rules are those of the HTML standard, section 9.2.6, "Interpreting an event stream".
 */
export class EventStreamParser {
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id: string | undefined;

  /** @returns the messages that `text` completes, in order */
  push(text: string): Frame[] {
    const frames: Frame[] = [];
    // A CR at the very end may be half of a CRLF: it waits for what comes next.
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
