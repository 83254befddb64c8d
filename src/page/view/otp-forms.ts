import type { Code } from '../model/code-list.ts';
import { problemInWords } from '../model/words.ts';
import type { Api } from './api.ts';
import { byId, fieldValue, onSubmit, optionalNumber, optionalText, say } from './dom.ts';

/** The forms that request and verify a code. */
export class OtpForms {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
    onSubmit('request-form', () => this.#request());
    onSubmit('verify-form', () => this.#verify());
  }

  /** Fills in a known code, and submits it. */
  verify({ user, purpose, code }: Code): void {
    byId('verify-user', HTMLInputElement).value = user;
    byId('verify-purpose', HTMLInputElement).value = purpose;
    byId('verify-code', HTMLInputElement).value = code;
    byId('verify-form', HTMLFormElement).requestSubmit();
  }

  #request(): Promise<void> {
    return this.#send('request', {
      user: fieldValue('request-user'),
      ...optionalText('purpose', 'request-purpose'),
      ...optionalNumber('ttl', 'request-ttl'),
      ...optionalText('code', 'request-code'),
    });
  }

  #verify(): Promise<void> {
    return this.#send('verify', {
      user: fieldValue('verify-user'),
      ...optionalText('purpose', 'verify-purpose'),
      code: fieldValue('verify-code'),
    });
  }

  async #send(call: 'request' | 'verify', body: object): Promise<void> {
    const answer = await this.#api.call<{ message: string }>('POST', `/otp/${call}`, body);
    if (answer.ok) say(`${call}-answer`, `${answer.status} ${answer.body.message}`, 'good');
    else say(`${call}-answer`, problemInWords(answer.problem), 'bad');
  }
}
