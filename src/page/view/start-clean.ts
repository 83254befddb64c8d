import type { Api } from './api.ts';
import { byId, onClick, say } from './dom.ts';

/** The buttons that reset the service, once confirmed, and empty its inbox. @param onDone called after each */
export function prepareStartClean(api: Api, onDone: () => void): void {
  const pull = async (method: string, path: string, done: string) => {
    const answer = await api.call(method, path, method === 'POST' ? {} : undefined);
    say('reset-answer', answer.ok ? done : answer.problem);
    if (answer.ok) onDone();
  };
  onClick('empty-inbox', () => pull('DELETE', '/mock/inbox', 'The inbox is empty.'));

  const dialog = byId('reset-dialog', HTMLDialogElement);
  onClick('reset', () => {
    dialog.returnValue = '';
    dialog.showModal();
  });
  dialog.addEventListener('close', () => {
    if (dialog.returnValue === 'reset') pull('POST', '/mock/reset', 'Everything is reset.');
  });
}
