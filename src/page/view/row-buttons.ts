import type { CodeList } from '../model/code-list.ts';
import type { Api } from './api.ts';
import { copy } from './copy.ts';
import type { Dial } from './dial.ts';
import { byId, say } from './dom.ts';
import { verifyInForm } from './otp-forms.ts';

/** Connects the buttons of the rows, and highlights the code under the pointer on the wheel. */
export function prepareRowButtons(api: Api, codes: CodeList, dial: Dial): void {
  const list = byId('list', HTMLUListElement);
  const codeOf = (target: EventTarget | null) => {
    const row = target instanceof Element ? target.closest('li') : null;
    return codes.get(row?.dataset['id'] ?? '');
  };

  list.addEventListener('click', async ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    const code = codeOf(button);
    if (button === null || code === undefined) return;
    if (button.classList.contains('copy')) await copy(code.code, button);
    if (button.classList.contains('verify')) verifyInForm(code);
    if (button.classList.contains('expire')) {
      const { user, purpose } = code;
      const answer = await api.call('POST', '/mock/expire', { user, purpose });
      if (!answer.ok) say('verify-answer', answer.problem);
    }
  });

  for (const event of ['pointerover', 'focusin', 'pointerleave', 'focusout'] as const) {
    const enters = event === 'pointerover' || event === 'focusin';
    list.addEventListener(event, ({ target }) => {
      dial.highlighted = enters ? codeOf(target)?.id : undefined;
    });
  }
}
