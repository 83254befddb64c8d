/*
 * The client for tests, in Node and in Bun. It imports nothing of the service, so `bun run build` can make plain
 * JavaScript of it.
 */

import type {
  ClockState,
  CodeKey,
  CodeMessage,
  CodeRequest,
  Fault,
  FixedCode,
  RequestedCode,
  ServiceEvent,
} from './wire.ts';

/** A list that a test sets as a whole. */
export interface ServiceList<T> {
  list(): Promise<T[]>;
  set(entries: readonly T[]): Promise<T[]>;
  clear(): Promise<void>;
}

/** The service refused a call. `code` is the problem's stable name, such as `invalid_code`. */
export class OtpError extends Error {
  override name = 'OtpError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The whole answer. */
    readonly problem: Readonly<Record<string, unknown>>,
  ) {
    super(message);
  }
}

/** A service that runs, with a method for each call. Every method rejects with an OtpError if the service refuses. */
export class OtpService {
  /** `http://host:port` */
  readonly url: string;
  readonly #key: string | undefined;

  readonly codes: ServiceList<FixedCode> = this.#listAt<FixedCode>('/mock/codes');
  readonly faults: ServiceList<Fault> = this.#listAt<Fault>('/mock/faults');

  /** Service time, which a test can move. Each move answers once everything that became due has expired. */
  readonly clock = {
    read: () => this.#call<ClockState>('GET', '/mock/clock'),
    advance: (seconds: number) => this.#moveClock({ advance: seconds }),
    set: (moment: Date | string) => this.#moveClock({ set: new Date(moment).toISOString() }),
    freeze: () => this.#moveClock({ freeze: true }),
    unfreeze: () => this.#moveClock({ freeze: false }),
    /** Back to real time; ends all codes, counts and locks. */
    reset: () => this.#moveClock({ reset: true }),
  };

  /** @throws TypeError unless the URL is one of HTTP or HTTPS */
  constructor(url: string, options: { readonly key?: string } = {}) {
    const { protocol, origin } = new URL(url);
    if (!/^https?:$/.test(protocol)) throw new TypeError(`"${url}" must begin with http:// or https://`);
    this.url = origin;
    this.#key = options.key;
  }

  /** Requests a code. */
  request(request: CodeRequest): Promise<RequestedCode> {
    return this.#call('POST', '/otp/request', request);
  }

  /** Verifies a code, and spends it. Rejects with `invalid_code`, `code_expired`, `no_code` or `locked`. */
  async verify(guess: CodeKey & { readonly code: string }): Promise<void> {
    await this.#call('POST', '/otp/verify', guess);
  }

  /** Cancels a code. */
  async cancel(key: CodeKey): Promise<void> {
    await this.#call('POST', '/otp/cancel', key);
  }

  /** The user's newest valid code, as soon as there is one; with `after`, the first one newer than that message. */
  waitForCode(
    wanted: CodeKey & { readonly after?: string; readonly timeout?: number },
  ): Promise<CodeMessage> {
    return this.#call('GET', `/mock/inbox/wait${queryOf(wanted)}`);
  }

  /** The last messages, newest first. */
  async inbox(filter: Partial<CodeKey> & { readonly limit?: number } = {}): Promise<CodeMessage[]> {
    const { messages } = await this.#call<{ messages: CodeMessage[] }>(
      'GET',
      `/mock/inbox${queryOf(filter)}`,
    );
    return messages;
  }

  /** Expires a code now. */
  async expire(key: CodeKey): Promise<void> {
    await this.#call('POST', '/mock/expire', key);
  }

  /** Forgets everything, or one user. */
  async reset(only: { readonly user?: string } = {}): Promise<void> {
    await this.#call('POST', '/mock/reset', only);
  }

  /**
   * Every event, or those after the one with this id if it is still kept. The stream begins at the first `next()`, and ends
   * when the loop is left.
   */
  async *events(after?: string): AsyncGenerator<ServiceEvent, void> {
    const headers = after === undefined ? {} : { 'last-event-id': after };
    const { body } = await this.#fetch('GET', '/mock/events', undefined, headers);
    if (body === null) return;
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
      const frames = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = frames.pop() ?? '';
      // Not by a pattern with `m`: it would end a line at U+2028 as well, which a user's name may contain.
      for (const line of frames.flatMap((frame) => frame.split('\n')))
        if (line.startsWith('data: {"id"')) yield JSON.parse(line.slice('data: '.length));
    }
  }

  #moveClock(move: object): Promise<ClockState & { expired: number }> {
    return this.#call('POST', '/mock/clock', move);
  }

  #listAt<T>(path: string): ServiceList<T> {
    return {
      list: () => this.#call('GET', path),
      set: (entries) => this.#call('PUT', path, entries),
      clear: async () => void (await this.#call('DELETE', path)),
    };
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await this.#fetch(method, path, body);
    return response.json() as Promise<T>;
  }

  async #fetch(method: string, path: string, body?: object, more: Record<string, string> = {}) {
    const headers = {
      ...more,
      ...(body && { 'content-type': 'application/json' }),
      ...(this.#key !== undefined && { authorization: `Bearer ${this.#key}` }),
    };
    const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(`${this.url}${path}`, sent);
    if (response.ok) return response;
    const problem: Record<string, unknown> = await response.json().catch(() => ({}));
    const { code = 'unknown', detail = response.statusText, errors = [] } = problem;
    const wrong = Array.isArray(errors) ? errors.map((it) => ` ${it.field} ${it.detail}.`) : [];
    throw new OtpError(response.status, String(code), `${detail}${wrong.join('')}`, problem);
  }
}

/** `?user=…&…` with what is given, escaped; empty if nothing is. */
function queryOf(values: object): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
