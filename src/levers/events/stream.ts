import type { Clock } from '../../core/clock.ts';
import { type AnyServer, restoreTimeout, suspendTimeout } from '../../http/idle-timeout.ts';
import { encode, frameWriter, missedFrame } from './frames.ts';
import type { EventHistory } from './history.ts';

/** A quiet stream sends a comment this often, in real time, so that no proxy closes it. */
const HEARTBEAT_MS = 15_000;

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
    yield encode('retry: 1000\n\n');
    if (known === undefined) yield encode(missedFrame(null));
    for (let position = known ?? history.begin; !signal.aborted; ) {
      const frames = framesFrom(position);
      if (frames === undefined) {
        const grown = await untilGrown(position, signal);
        if (!grown && !signal.aborted) yield encode(': still here\n\n');
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
