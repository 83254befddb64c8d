import { byId, show, within } from './dom.ts';

/**
 * Asks for the API key in a modal dialog, and resolves to it.
 *
 * @param wasWrong whether the service refused the last one
 */
export function askForKey(wasWrong: boolean): Promise<string> {
  const dialog = byId('key-dialog', HTMLDialogElement);
  const field = within(dialog, 'input', HTMLInputElement);
  show(byId('key-wrong', HTMLElement), wasWrong ? 'This key is not valid.' : '');
  field.value = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(field.value), { once: true });
  });
}
