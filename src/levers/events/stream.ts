import type { Clock } from '../../core/clock.ts';
import { type AnyServer, restoreTimeout, suspendTimeout } from '../../http/idle-timeout.ts';
import type { EventHistory, PublicEvent } from './history.ts';

const utf8 = new TextEncoder();

/** A quiet stream sends a comment this often, in real time, so that no proxy closes it. */
const HEARTBEAT_MS = 15_000;

/** Most events in one chunk. */
const MAX_EVENTS = 1_000;

/** Events are sent at most this often, together, so that a flood of them leaves time for other work. */
const GATHER_MS = 50;

/**
 * Makes the function that answers with events as they happen, as server-sent events (WHATWG HTML, section 9.2), until
 * the client disconnects or the service stops. `Last-Event-ID` names the event to begin after.
 *
 * Backpressure: it produces only what the client reads. A client that stops reading costs one buffer.
 *
 * @param ending aborts when the service is about to stop
 */
export function eventStreams(history: EventHistory, clock: Clock, ending: AbortSignal) {
  const framesFrom = frameWriter(history);

  return (request: Request, server: AnyServer): Response => {
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, request.signal, ending]);
    const lastId = request.headers.get('last-event-id');
    // Now, and not at the first read: a client that has the answer gets all that happens from then on.
    const position = lastId === null ? history.end : history.positionAfter(lastId);
    const chunks = read(position, signal);
    suspendTimeout(server, request);
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      const { value, done } = await chunks.next();
      if (done !== true) return controller.enqueue(value);
      restoreTimeout(server, request);
      controller.close();
    };
    const body = new ReadableStream({ pull, cancel: () => gone.abort() }, { highWaterMark: 0 });
    return new Response(body, {
      headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
    });
  };

  /** @param known where to begin; undefined if that is no longer kept */
  async function* read(known: number | undefined, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    yield utf8.encode('retry: 1000\n\n');
    if (known === undefined) yield utf8.encode(missedFrame(null));
    for (let position = known ?? history.begin; !signal.aborted; ) {
      const frames = framesFrom(position);
      if (frames === undefined) {
        const grown = await untilGrown(position, signal);
        if (!grown && !signal.aborted) yield utf8.encode(': still here\n\n');
        continue;
      }
      yield frames.bytes;
      position = frames.next;
      await clock.sleep(GATHER_MS, signal);
    }
  }

  /** Waits for an event; false if none came until it is time for a heartbeat. */
  async function untilGrown(position: number, signal: AbortSignal): Promise<boolean> {
    const waiting = new AbortController();
    const either = AbortSignal.any([signal, waiting.signal]);
    await Promise.race([history.grown(position, either), clock.sleep(HEARTBEAT_MS, either)]);
    waiting.abort();
    return history.end > position;
  }
}

/** Events from a position on, as bytes of a stream, and the position after them. */
interface Frames {
  readonly bytes: Uint8Array;
  readonly next: number;
}

/**
 * Makes the function that writes what a history has from a position on; undefined if there is nothing.
 *
 * Readers that keep up are at the same position. So the last answer is kept, and written once for all of them.
 */
function frameWriter(history: EventHistory): (position: number) => Frames | undefined {
  let last = { position: -1, end: -1, frames: undefined as Frames | undefined };

  return (position) => {
    if (position === last.position && history.end === last.end) return last.frames;
    const { missed, events, next } = history.read(position, MAX_EVENTS);
    const text = [...(missed > 0 ? [missedFrame(missed)] : []), ...events.map(eventFrame)].join('');
    const frames = text === '' ? undefined : { bytes: utf8.encode(text), next };
    last = { position, end: history.end, frames };
    return frames;
  };
}

/** Tells a reader that it missed events. @param count how many; null if unknown */
function missedFrame(count: number | null): string {
  return `event: missed\ndata: ${JSON.stringify({ missed: count })}\n\n`;
}

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
