import { problemInWords } from '../model/words.ts';
import type { Api } from './api.ts';
import { onClick, say } from './dom.ts';

/** The buttons that have the service forget. @param onDone the page must forget as well */
export function prepareStartClean(api: Api, onDone: () => void): void {
  const lever = (id: string, method: string, path: string, done: string) =>
    onClick(id, async () => {
      const answer = await api.call(method, path, method === 'POST' ? {} : undefined);
      if (!answer.ok) return say('reset-answer', problemInWords(answer.problem), 'bad');
      say('reset-answer', done, 'good');
      onDone();
    });
  lever('reset', 'POST', '/mock/reset', 'All is forgotten.');
  lever('empty-inbox', 'DELETE', '/mock/inbox', 'The inbox is empty.');
}
