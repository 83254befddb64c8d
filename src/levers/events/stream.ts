import type { Clock } from '../../core/clock.ts';
import { type AnyServer, restoreTimeout, suspendTimeout } from '../../http/idle-timeout.ts';
import { encode, frameWriter, missedFrame } from './frames.ts';
import type { EventHistory } from './history.ts';

/** Real time after which a quiet stream says that it is still there. */
const HEARTBEAT_MS = 15_000;

/** Real time from one telling to the next: what comes meanwhile is told together, and a flood leaves room for others. */
const GATHER_MS = 50;

/**
 * Makes the function that answers with events as they happen, as server-sent events (WHATWG HTML, section
 * 9.2), until the reader goes or the service stops. `Last-Event-ID` says behind which event to begin.
 *
 * Only what is read is produced: a reader that does not read costs a buffer of its connection, and no more.
 *
 * @param ending aborts when the service is about to stop
 */
export function eventStreams(history: EventHistory, clock: Clock, ending: AbortSignal) {
  const framesFrom = frameWriter(history);

  return (request: Request, server: AnyServer): Response => {
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, request.signal, ending]);
    const lastId = request.headers.get('last-event-id');
    // Before anything is read: whoever has an answer is told all that happens from then on.
    const place = lastId === null ? history.end : history.placeAfter(lastId);
    const chunks = read(place, signal);
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

  /** @param known where to begin; undefined if that is forgotten */
  async function* read(known: number | undefined, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    yield encode('retry: 1000\n\n');
    if (known === undefined) yield encode(missedFrame(null));
    for (let place = known ?? history.begin; !signal.aborted; ) {
      const frames = framesFrom(place);
      if (frames === undefined) {
        const grown = await untilGrown(place, signal);
        if (!grown && !signal.aborted) yield encode(': still here\n\n');
        continue;
      }
      yield frames.bytes;
      place = frames.next;
      await clock.sleep(GATHER_MS, signal);
    }
  }

  /** False if nothing has come for a while. */
  async function untilGrown(place: number, signal: AbortSignal): Promise<boolean> {
    const waiting = new AbortController();
    const either = AbortSignal.any([signal, waiting.signal]);
    await Promise.race([history.grown(place, either), clock.sleep(HEARTBEAT_MS, either)]);
    waiting.abort();
    return history.end > place;
  }
}
