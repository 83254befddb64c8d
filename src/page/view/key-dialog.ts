import { byId, onSubmit } from './dom.ts';

/**
 * Asks for the API key in a modal dialog, and resolves to it.
 *
 * @param wasWrong whether the service refused the last one
 */
export function askForKey(wasWrong: boolean): Promise<string> {
  const dialog = byId('key-dialog', HTMLDialogElement);
  const field = byId('key', HTMLInputElement);
  byId('key-wrong', HTMLElement).textContent = wasWrong ? 'This key is not valid.' : '';
  field.value = '';
  dialog.showModal();
  return new Promise((resolve) => {
    answered = () => {
      dialog.close();
      resolve(field.value);
    };
  });
}

let answered = () => {};

/** Call once. Only a key closes the dialog: without one the page has nothing to show. */
export function prepareKeyDialog(): void {
  onSubmit('key-form', () => answered());
}
