import type { EventHistory, PublicEvent } from './history.ts';

/** Most events in one chunk. */
const MAX_EVENTS = 1_000;

/** Events from a position on, as bytes of a stream, and the position after them. */
export interface Frames {
  readonly bytes: Uint8Array;
  readonly next: number;
}

/**
 * Makes the function that writes what a history has from a position on; undefined if there is nothing.
 *
 * Readers that keep up are at the same position. So the last answer is kept, and written once for all of them.
 */
export function frameWriter(history: EventHistory): (position: number) => Frames | undefined {
  let last = { position: -1, end: -1, frames: undefined as Frames | undefined };

  return (position) => {
    if (position === last.position && history.end === last.end) return last.frames;
    const { missed, events, next } = history.read(position, MAX_EVENTS);
    const text = [...(missed > 0 ? [missedFrame(missed)] : []), ...events.map(eventFrame)].join('');
    const frames = text === '' ? undefined : { bytes: encode(text), next };
    last = { position, end: history.end, frames };
    return frames;
  };
}

/** Tells a reader that it missed events. @param count how many; null if unknown */
export function missedFrame(count: number | null): string {
  return `event: missed\ndata: ${JSON.stringify({ missed: count })}\n\n`;
}

/** The bytes of a stream's text. */
export function encode(text: string): Uint8Array {
  return utf8.encode(text);
}

const utf8 = new TextEncoder();

/** JSON has no line breaks, so it is one line of data. */
function eventFrame(event: PublicEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(describeEvent(event))}\n\n`;
}

/** An event as clients see it: moments in ISO form, durations in seconds. */
function describeEvent(event: PublicEvent): object {
  const time = new Date(event.time).toISOString();
  if (event.type === 'mock.clock')
    return { ...event, time, now: new Date(event.now).toISOString(), offset: event.offset / 1_000 };
  const { expiresAt, destination, ...rest } = { expiresAt: undefined, destination: undefined, ...event };
  const moments = { time, ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }) };
  return { ...rest, ...destination, ...moments };
}
