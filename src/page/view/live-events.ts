import { backOffMs } from '../model/back-off.ts';
import { EventStreamParser } from '../model/event-stream.ts';
import type { ServiceEvent } from '../model/wire.ts';
import type { Api } from './api.ts';

/** The service sends at least a heartbeat every 15 s. After this much silence the connection counts as lost. */
const SILENCE_MS = 40_000;

export interface Listener {
  onEvent(event: ServiceEvent): void;
  /** Events may have been missed: reload everything. */
  onGap(): void;
  onConnection(state: 'connected' | 'reconnecting'): void;
}

/** Follows the service's events while the page is open, and reconnects by itself. */
export async function followEvents(api: Api, listener: Listener): Promise<never> {
  let lastId: string | undefined;
  for (let failures = 0; ; ) {
    try {
      for await (const frame of framesSince(api, lastId, () => {
        failures = 0;
        listener.onConnection('connected');
        listener.onGap();
      })) {
        lastId = frame.id ?? lastId;
        if (frame.event === 'missed') listener.onGap();
        else {
          const event: ServiceEvent = JSON.parse(frame.data);
          listener.onEvent(event);
        }
      }
    } catch {
      // Refused, lost or silent: try again in each case.
    }
    failures++;
    listener.onConnection('reconnecting');
    await new Promise((resolve) => setTimeout(resolve, backOffMs(failures)));
  }
}

async function* framesSince(api: Api, lastId: string | undefined, onOpen: () => void) {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await api.open('/mock/events', {
      headers: lastId === undefined ? {} : { 'last-event-id': lastId },
      signal: silence.signal,
    });
    if (!response.ok || response.body === null)
      throw new Error(`the event stream answered ${response.status}`);
    onOpen();
    const parser = new EventStreamParser();
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      yield* parser.push(decoder.decode(read.value, { stream: true }));
    }
  } finally {
    clearTimeout(timer);
  }
}
