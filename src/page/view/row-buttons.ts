import type { Code, CodeList } from '../model/code-list.ts';
import type { Api } from './api.ts';
import { copy } from './copy.ts';
import type { Dial } from './dial.ts';
import { byId, toast } from './dom.ts';

/**
 * With Alt, the key that copies the newest code shown, except in a field. A letter alone could be pressed by chance, and by
 * speech input (WCAG 2.1.4). With Alt a Mac makes other characters of it, so it is named by its place.
 */
const COPY_KEY = 'KeyC';

/** Connects the buttons of the rows and the key, and highlights the code under the pointer or the focus on the wheel. */
export function prepareRowButtons(api: Api, codes: CodeList, dial: Dial): void {
  const list = byId('list', HTMLUListElement);
  const codeOf = (target: EventTarget | null) => {
    const row = target instanceof Element ? target.closest('li') : null;
    return codes.get(row?.dataset['id'] ?? '');
  };
  const call = async (path: string, body: Partial<Code>) => {
    const answer = await api.call<{ message: string }>('POST', path, body);
    toast(answer.ok ? answer.body.message : answer.problem);
  };

  list.addEventListener('click', async ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    const found = codeOf(button);
    if (button === null || !found?.code) return;
    const { user, purpose, code } = found;
    if (button.classList.contains('copy')) await copy(code, button);
    if (button.classList.contains('verify')) await call('/otp/verify', { user, purpose, code });
    if (button.classList.contains('expire')) await call('/mock/expire', { user, purpose });
  });

  document.addEventListener('keydown', (event) => {
    const { code, target, repeat, ctrlKey, metaKey, altKey } = event;
    const isTyped =
      target instanceof Element && target.closest('input:not([type=checkbox]), select, dialog') !== null;
    if (code !== COPY_KEY || !altKey || isTyped || repeat || ctrlKey || metaKey) return;
    const newest = list.querySelector('.copy');
    if (newest instanceof HTMLButtonElement) newest.click();
  });

  for (const event of ['pointerover', 'focusin', 'pointerleave', 'focusout'] as const) {
    const enters = event === 'pointerover' || event === 'focusin';
    list.addEventListener(event, ({ target }) => {
      dial.highlighted = enters ? codeOf(target)?.id : undefined;
    });
  }
}
