import { byId, onSubmit } from './dom.ts';

/** Asks for the API key, over everything else, until one is given. @param wasWrong the last one was refused */
export function askForKey(wasWrong: boolean): Promise<string> {
  const dialog = byId('key-dialog', HTMLDialogElement);
  const field = byId('key', HTMLInputElement);
  byId('key-wrong', HTMLElement).textContent = wasWrong ? 'The service does not know this key.' : '';
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

/** To be called once. Nothing but a key closes the dialog: without one there is nothing to see. */
export function prepareKeyDialog(): void {
  onSubmit('key-form', () => answered());
}
