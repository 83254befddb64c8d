import { createService, type ServiceOptions } from '../../src/service.ts';
import type { Answer } from './api.ts';
import { ownTime } from './own-time.ts';
import { type Frame, frames } from './sse.ts';

/** A replica's answer, and how long it took in ms of this process's own time. */
export interface ReplicaAnswer extends Answer {
  readonly ms: number;
}

/** Replicas of the service that share a store. Each listens on a port of its own. */
export interface Replicas {
  readonly count: number;
  /** The address of one; without a number, of the one after the last. */
  url(of?: number): string;
  /** Sends a request to replica `to`, counted from 0; without a number, to each in turn. */
  send(path: string, init?: RequestInit, to?: number): Promise<ReplicaAnswer>;
  /** Posts JSON, likewise. */
  post(path: string, body: object, to?: number): Promise<ReplicaAnswer>;
  /** Puts JSON, likewise. */
  put(path: string, body: object, to?: number): Promise<ReplicaAnswer>;
  /** Gets a path from every replica. */
  askAll(path: string): Promise<ReplicaAnswer[]>;
  /** Follows the event stream of one, from now on. @param after the id of the event to start behind */
  events(of: number, after?: string): Promise<AsyncGenerator<Frame, void>>;
  /** Waits until every replica is ready. @returns how long that took, in ms of this process's own time */
  untilReady(): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts replicas in this process on a shared store. Resolves when all of them are ready. */
export async function startReplicas(
  count: number,
  store: string,
  env: Record<string, string> = {},
  options: ServiceOptions = {},
): Promise<Replicas> {
  const settings = { OTP_STORE: store, OTP_PEPPER: 'pepper-for-tests', HOST: '127.0.0.1', PORT: '0', ...env };
  const services = Array.from({ length: count }, () => createService(settings, options));
  await Promise.all(services.map((service) => service.listen()));
  const leaving = new AbortController();
  let next = 0;

  const url = (of = next++ % count) => {
    const service = services[of];
    if (service === undefined) throw new Error(`there is no replica ${of}`);
    return service.url;
  };
  const send = async (path: string, init?: RequestInit, to?: number): Promise<ReplicaAnswer> => {
    const began = ownTime();
    const response = await fetch(`${url(to)}${path}`, init);
    const text = await response.text();
    const ms = ownTime() - began;
    const body = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : {};
    return { status: response.status, headers: response.headers, text, body, ms };
  };
  const withBody = (method: string) => (path: string, body: object, to?: number) =>
    send(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }, to);
  const askAll = (path: string) => Promise.all(services.map((_, to) => send(path, {}, to)));
  const untilReady = async () => {
    const began = ownTime();
    while (!(await askAll('/readyz')).every(({ status }) => status === 200)) await Bun.sleep(5);
    return ownTime() - began;
  };

  await untilReady();
  return {
    count,
    url,
    send,
    post: withBody('POST'),
    put: withBody('PUT'),
    askAll,
    async events(of, after) {
      const headers = after === undefined ? {} : { 'last-event-id': after };
      const { body } = await fetch(`${url(of)}/mock/events`, { headers, signal: leaving.signal });
      return frames(body);
    },
    untilReady,
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await Promise.all(services.map((service) => service.stop()));
    },
  };
}
