const SHOWN_MS = 1_500;

/** Copies `text`, and says so on the button. */
export async function copy(text: string, button: HTMLButtonElement): Promise<void> {
  const done = await copied(text);
  button.textContent = done ? 'Copied' : 'Failed';
  setTimeout(() => {
    button.textContent = 'Copy';
  }, SHOWN_MS);
}

/** The clipboard's own interface is there over HTTPS and on localhost alone; a cluster's address is neither. */
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
