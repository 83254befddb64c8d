import type { Code } from '../model/code-list.ts';
import type { Api } from './api.ts';
import { byId, onSubmit, say, within } from './dom.ts';

/** Connects the forms that request and verify a code. */
export function prepareOtpForms(api: Api): void {
  for (const call of ['request', 'verify']) {
    onSubmit(`${call}-form`, async (filled) => {
      const answer = await api.call<{ message: string }>('POST', `/otp/${call}`, filled);
      say(`${call}-answer`, answer.ok ? `${answer.status} ${answer.body.message}` : answer.problem);
    });
  }
}

/** Fills a known code into the form, and submits it. */
export function verifyInForm({ user, purpose, code }: Code): void {
  const form = byId('verify-form', HTMLFormElement);
  for (const [name, value] of Object.entries({ user, purpose, code }))
    within(form, `[name=${name}]`, HTMLInputElement).value = value;
  form.requestSubmit();
}
