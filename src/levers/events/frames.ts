import type { EventHistory, Told } from './history.ts';

/** Events that are told at once at the most. */
const AT_ONCE = 1_000;

/** Events from a place on, as bytes of a stream, and the place behind them. */
export interface Frames {
  readonly bytes: Uint8Array;
  readonly next: number;
}

/**
 * Makes the function that writes what a history holds from a place on; undefined if there is nothing.
 *
 * Readers that keep up stand at one place, so what one was told is kept for the next who asks for the same.
 */
export function frameWriter(history: EventHistory): (place: number) => Frames | undefined {
  let last = { place: -1, end: -1, frames: undefined as Frames | undefined };

  return (place) => {
    if (place === last.place && history.end === last.end) return last.frames;
    const { missed, events, next } = history.read(place, AT_ONCE);
    const text = [...(missed > 0 ? [missedFrame(missed)] : []), ...events.map(eventFrame)].join('');
    const frames = text === '' ? undefined : { bytes: encode(text), next };
    last = { place, end: history.end, frames };
    return frames;
  };
}

/** Tells a reader that it has not been told everything. @param count how much not; null if nobody knows */
export function missedFrame(count: number | null): string {
  return `event: missed\ndata: ${JSON.stringify({ missed: count })}\n\n`;
}

/** The bytes of a stream's text. */
export function encode(text: string): Uint8Array {
  return utf8.encode(text);
}

const utf8 = new TextEncoder();

/** JSON has no line breaks, so it is one line of data. */
function eventFrame(event: Told): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(describeEvent(event))}\n\n`;
}

/** An event as callers see it: moments in ISO form, spans in seconds. */
function describeEvent(event: Told): object {
  const time = new Date(event.time).toISOString();
  if (event.type === 'mock.clock')
    return { ...event, time, now: new Date(event.now).toISOString(), offset: event.offset / 1_000 };
  const { expiresAt, destination, ...rest } = { expiresAt: undefined, destination: undefined, ...event };
  const moments = { time, ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }) };
  return { ...rest, ...destination, ...moments };
}
