import type { CodeList } from '../model/code-list.ts';
import type { Message } from '../model/wire.ts';
import type { Api } from './api.ts';

/** Loads the list from the service's inbox. */
export class Inbox {
  readonly #api: Api;
  readonly #codes: CodeList;
  #loading = false;
  #stale = false;

  constructor(api: Api, codes: CodeList) {
    this.#api = api;
    this.#codes = codes;
  }

  /** Reloads the list. Calls during a load cause one more load after it. */
  async load(): Promise<void> {
    this.#stale = true;
    if (this.#loading) return;
    this.#loading = true;
    while (this.#stale) {
      this.#stale = false;
      this.#codes.beginLoading();
      const answer = await this.#api.call<{ messages: Message[] }>('GET', '/mock/inbox?limit=1000');
      this.#codes.load(answer.ok ? answer.body.messages : undefined);
    }
    this.#loading = false;
  }
}
