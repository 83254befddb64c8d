import { toast } from './dom.ts';

const SHOWN_MS = 1_500;

/** Copies the text, and reports the result on the button's label and beside the page. */
export async function copy(text: string, button: HTMLButtonElement): Promise<void> {
  const done = await copied(text);
  toast(done ? `Copied ${text}` : 'The browser refused to copy.');
  const label = button.firstElementChild;
  if (!done || label === null) return;
  label.textContent = 'Copied';
  setTimeout(() => {
    label.textContent = 'Copy';
  }, SHOWN_MS);
}

/** Browsers offer the clipboard API only over HTTPS and on localhost. In a cluster the page is at neither. */
async function copied(text: string): Promise<boolean> {
  if (isSecureContext) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.className = 'unseen';
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
