import type { Api } from './api.ts';
import { onClick, say } from './dom.ts';

/** The buttons that reset the service and empty its inbox. @param onDone called after each */
export function prepareStartClean(api: Api, onDone: () => void): void {
  const lever = (id: string, method: string, path: string, done: string) =>
    onClick(id, async () => {
      const answer = await api.call(method, path, method === 'POST' ? {} : undefined);
      say('reset-answer', answer.ok ? done : answer.problem);
      if (answer.ok) onDone();
    });
  lever('reset', 'POST', '/mock/reset', 'Everything is reset.');
  lever('empty-inbox', 'DELETE', '/mock/inbox', 'The inbox is empty.');
}
