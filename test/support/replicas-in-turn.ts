import { createService, type Surroundings } from '../../src/service.ts';
import type { Answer } from './api.ts';
import { type Frame, frames } from './sse.ts';

/** Replicas of the service that share a store. */
export interface Replicas {
  /** Where one listens. */
  url(of: number): string;
  /** Sends a request to another replica than the one before; or to the one that is named, counted from 0. */
  send(path: string, init?: RequestInit, to?: number): Promise<Answer>;
  /** Posts JSON, likewise. */
  post(path: string, body: object, to?: number): Promise<Answer>;
  put(path: string, body: object, to?: number): Promise<Answer>;
  /** The same question to each of them. */
  askAll(path: string): Promise<Answer[]>;
  /** Follows the events of one: all that happen from then on. @param after the event to begin behind */
  events(of: number, after?: string): Promise<AsyncGenerator<Frame, void>>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts so many replicas on a shared store, in this process; resolves when all are ready. */
export async function startReplicas(
  count: number,
  store: string,
  env: Record<string, string> = {},
  surroundings: Surroundings = {},
): Promise<Replicas> {
  const shared = { OTP_STORE: store, OTP_PEPPER: 'pepper-of-the-test', HOST: '127.0.0.1', PORT: '0' };
  const services = Array.from({ length: count }, () => createService({ ...shared, ...env }, surroundings));
  await Promise.all(services.map((service) => service.listen()));
  const leaving = new AbortController();
  let next = 0;

  const url = (to = next++ % count) => services[to]?.url ?? '';
  const send = async (path: string, init?: RequestInit, to?: number): Promise<Answer> => {
    const response = await fetch(`${url(to)}${path}`, init);
    const text = await response.text();
    const body = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : {};
    return { status: response.status, headers: response.headers, text, body };
  };
  const withBody = (method: string) => (path: string, body: object, to?: number) =>
    send(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }, to);

  for (let to = 0; to < count; to++)
    while ((await send('/readyz', {}, to)).status !== 200) await Bun.sleep(5);
  return {
    url,
    send,
    post: withBody('POST'),
    put: withBody('PUT'),
    askAll: (path) => Promise.all(services.map((_, to) => send(path, {}, to))),
    async events(of, after) {
      const headers = after === undefined ? {} : { 'last-event-id': after };
      const { body } = await fetch(`${url(of)}/mock/events`, { headers, signal: leaving.signal });
      return frames(body);
    },
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await Promise.all(services.map((service) => service.stop()));
    },
  };
}
