import { byId, onClick, within } from './dom.ts';

/** Opens and closes the panel of levers, which is closed at first: the codes come first. */
export function prepareLeverPanel(): void {
  const panel = byId('levers', HTMLElement);
  const opener = byId('open-levers', HTMLButtonElement);
  const open = (isOpen: boolean) => {
    panel.hidden = !isOpen;
    opener.ariaExpanded = String(isOpen);
  };
  onClick('open-levers', () => open(panel.hasAttribute('hidden')));
  onClick('request-one', () => {
    open(true);
    byId('request', HTMLDetailsElement).open = true;
    within(panel, '#request [name=user]', HTMLInputElement).focus();
  });
  panel.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    open(false);
    opener.focus();
  });
}
