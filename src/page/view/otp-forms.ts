import type { Api } from './api.ts';
import { onSubmit, say } from './dom.ts';

/** Connects the forms that request and verify a code. */
export function prepareOtpForms(api: Api): void {
  for (const call of ['request', 'verify']) {
    onSubmit(`${call}-form`, async (filled) => {
      const answer = await api.call<{ message: string }>('POST', `/otp/${call}`, filled);
      say(`${call}-answer`, answer.ok ? `${answer.status} ${answer.body.message}` : answer.problem);
    });
  }
}
