import type { Clock } from '../../core/clock.ts';
import { type AnyServer, restoreTimeout, suspendTimeout } from '../../http/idle-timeout.ts';
import { openCalls } from '../../http/open-calls.ts';
import type { EventHistory, PublicEvent } from './history.ts';

const utf8 = new TextEncoder();

/** A quiet stream sends a comment this often, in real time, so that no proxy closes it. */
const HEARTBEAT_MS = 15_000;

/** A chunk is complete once it is this long: what a client that does not read costs. In characters, mostly of one byte. */
const CHUNK_LENGTH = 65_536;

/** At most so many events are sent in this time, together, so that a flood of them leaves time for other work. */
const MAX_EVENTS = 1_000;
const GATHER_MS = 50;

/** A client that has not read for so many seconds loses its stream. `Last-Event-ID` resumes it. */
const STALLED_S = 30;

/**
 * Makes the function that answers with events as they happen, as server-sent events (WHATWG HTML, section 9.2), until
 * the client disconnects or the service stops. `Last-Event-ID` names the event to begin after.
 *
 * Backpressure: it produces only what the client reads. A client that stops reading costs one chunk, and is disconnected.
 *
 * @param ending aborts when the service is about to stop
 */
export function eventStreams(history: EventHistory, clock: Clock, ending: AbortSignal) {
  const framesFrom = frameWriter(history);
  const open = openCalls('too_many_streams', STALLED_S);

  return (request: Request, server: AnyServer): Response => {
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, request.signal, ending]);
    open(signal);
    const lastId = request.headers.get('last-event-id');
    // Now, and not at the first read: a client that has the answer gets all that happens from then on.
    const position = lastId === null ? history.end : history.positionAfter(lastId);
    const chunks = read(position, signal);
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      // The client has read all so far: now the connection waits for events, and not for the client.
      suspendTimeout(server, request);
      const { value, done } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
      restoreTimeout(server, request, done === true ? undefined : STALLED_S);
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
    let left = MAX_EVENTS;
    for (let position = known ?? history.begin; !signal.aborted; ) {
      const frames = framesFrom(position, left);
      if (frames === undefined) {
        const grown = await untilGrown(position, signal);
        if (!grown && !signal.aborted) yield utf8.encode(': still here\n\n');
        continue;
      }
      yield frames.bytes;
      left -= frames.next - position;
      position = frames.next;
      if (frames.isFull && left > 0) continue;
      await clock.sleep(GATHER_MS, signal);
      left = MAX_EVENTS;
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
  /** Whether the chunk is complete, so that more may be there already. */
  readonly isFull: boolean;
}

/**
 * Makes the function that writes what a history has from a position on; undefined if there is nothing.
 *
 * Readers that keep up are at the same position. So the last answer is kept, and written once for all of them.
 */
function frameWriter(history: EventHistory): (position: number, limit: number) => Frames | undefined {
  let last = { position: -1, limit: -1, end: -1, frames: undefined as Frames | undefined };

  return (position, limit) => {
    if (position === last.position && limit === last.limit && history.end === last.end) return last.frames;
    const { missed, events, next } = history.read(position, limit);
    let text = missed > 0 ? missedFrame(missed) : '';
    let written = 0;
    for (; written < events.length && text.length < CHUNK_LENGTH; written++) {
      const event = events[written];
      if (event !== undefined) text += eventFrame(event);
    }
    const isFull = written < events.length;
    const after = next - events.length + written;
    const frames = text === '' ? undefined : { bytes: utf8.encode(text), next: after, isFull };
    last = { position, limit, end: history.end, frames };
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

/** An event as clients see it: moments in ISO form, durations in seconds. The client knows an event by its `id` in front. */
function describeEvent({ id, ...event }: PublicEvent): object {
  const time = new Date(event.time).toISOString();
  if (event.type === 'mock.clock')
    return { id, ...event, time, now: new Date(event.now).toISOString(), offset: event.offset / 1_000 };
  const absent = { expiresAt: undefined, destination: undefined, via: undefined };
  const { expiresAt, destination, via, ...rest } = { ...absent, ...event };
  const moments = { time, ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }) };
  const { note: _, ...shown } = { note: undefined, ...via };
  return { id, ...rest, ...destination, ...shown, ...moments };
}
