import type { CodeList } from '../model/code-list.ts';
import type { Message } from '../model/wire.ts';
import type { Api } from './api.ts';

/** @returns a function that reloads the list from the service's inbox; calls during a load cause one more after it */
export function inboxLoader(api: Api, codes: CodeList): () => Promise<void> {
  let isLoading = false;
  let isStale = false;
  return async () => {
    isStale = true;
    if (isLoading) return;
    isLoading = true;
    while (isStale) {
      isStale = false;
      codes.beginLoading();
      const answer = await api.call<{ messages: Message[] }>('GET', '/mock/inbox?limit=1000');
      codes.load(answer.ok ? answer.body.messages : undefined);
    }
    isLoading = false;
  };
}
