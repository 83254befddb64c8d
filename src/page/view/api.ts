import type { Problem } from '../model/wire.ts';

/** The result of a call. */
export type Outcome<T> =
  | { readonly ok: true; readonly status: number; readonly body: T }
  | { readonly ok: false; readonly problem: Problem };

const STORED_AS = 'otp-api-key';

/** The service over HTTP. Asks for the API key when a call needs it, and keeps it for the browser session. */
export class Api {
  readonly #askForKey: (wasWrong: boolean) => Promise<string>;
  #key = sessionStorage.getItem(STORED_AS);
  #asking: Promise<void> | undefined;
  #isStoreDown = false;

  constructor(askForKey: (wasWrong: boolean) => Promise<string>) {
    this.#askForKey = askForKey;
  }

  /** Whether the last call failed because the store does not answer. */
  get isStoreDown(): boolean {
    return this.#isStoreDown;
  }

  /** Calls the service; never rejects. Sends the body as JSON. @param path with its query */
  async call<T>(method: string, path: string, body?: unknown): Promise<Outcome<T>> {
    try {
      const response = await this.open(path, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      });
      const { ok, status } = response;
      const answer = await response.json();
      this.#isStoreDown = !ok && answer.code === 'store_unavailable';
      if (ok) return { ok, status, body: answer };
      return { ok, problem: { status, code: 'error', detail: response.statusText, ...answer } };
    } catch {
      return { ok: false, problem: { status: 0, code: 'no answer', detail: 'The connection was lost.' } };
    }
  }

  /** Sends a request with the key, if there is one. @throws TypeError if no answer comes */
  async open(
    path: string,
    init: RequestInit & { readonly headers?: Record<string, string> },
  ): Promise<Response> {
    for (;;) {
      const key = this.#key;
      const headers = { ...init.headers, ...(key !== null && { authorization: `Bearer ${key}` }) };
      const response = await fetch(path, { ...init, headers, cache: 'no-store' });
      // A wrong code is a 401 too, but only a missing or wrong key has a challenge.
      if (response.status !== 401 || !response.headers.has('www-authenticate')) return response;
      if (key === this.#key) await this.#renewKey();
    }
  }

  /** Several calls may need a key at once: they share one dialog. */
  #renewKey(): Promise<void> {
    this.#asking ??= this.#askForKey(this.#key !== null).then((key) => {
      this.#key = key;
      sessionStorage.setItem(STORED_AS, key);
      this.#asking = undefined;
    });
    return this.#asking;
  }
}
