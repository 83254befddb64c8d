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

  /** @returns the messages that this text completes, in order */
  push(text: string): Frame[] {
    // A CR at the end may be half of a CRLF: keep it for the next chunk.
    const messages = (this.#rest + text).split(/(?:\r\n|\n|\r(?!\n|$)){2}/);
    this.#rest = messages.pop() ?? '';
    return messages.flatMap(parseMessage);
  }
}

/** @returns nothing for a message without data, such as a comment */
function parseMessage(message: string): Frame | [] {
  const data: string[] = [];
  const fields: { event?: string; id?: string } = {};
  for (const line of message.split(/\r\n|\n|\r/)) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'data') data.push(value);
    if (name === 'event' || name === 'id') fields[name] = value;
  }
  return data.length === 0 ? [] : { ...fields, event: fields.event || 'message', data: data.join('\n') };
}
