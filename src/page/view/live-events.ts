import { EventStreamParser } from '../model/event-stream.ts';
import type { ServiceEvent } from '../model/wire.ts';
import type { Api } from './api.ts';

/** The service sends at least a heartbeat every 15 s. After this much silence the connection counts as lost. */
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

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
      // Lost or silent: try again, as after a refusal.
    }
    failures++;
    listener.onConnection('reconnecting');
    await new Promise((resolve) => setTimeout(resolve, backOffMs(failures)));
  }
}

/** How long to wait before reconnecting, in ms. @param failures failed tries in a row */
export function backOffMs(failures: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);
}

async function* framesSince(api: Api, lastId: string | undefined, onOpen: () => void) {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await api.open('/mock/events', {
      headers: lastId === undefined ? {} : { 'last-event-id': lastId },
      signal: silence.signal,
    });
    if (!response.ok || response.body === null) return;
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
