import type { Fault, FixedCode } from '../model/wire.ts';
import { faultInWords } from '../model/words.ts';
import type { Api, Outcome } from './api.ts';
import { byId, type Filled, onClick, onSubmit, say, within } from './dom.ts';

/** Effects that only a call can have, or only a delivery. */
const ONLY_FOR: Readonly<Record<string, 'call' | 'delivery'>> = {
  status: 'call',
  error: 'call',
  fail: 'delivery',
  duplicate: 'delivery',
};

/** Shows the injected faults, adds one, and clears them. @returns a function that asks for them */
export function faultList(api: Api): () => Promise<void> {
  offerEffects();
  return ruleList<Fault>(api, 'faults', '/mock/faults', faultInWords, ({ effect = '', error, ...fault }) => {
    // Twilio's errors are numbers, those of others are names.
    if (error !== undefined) return { ...fault, error: /^\d+$/.test(String(error)) ? Number(error) : error };
    return effect === 'status' || effect === 'delay' ? fault : { ...fault, [effect]: true };
  });
}

/** Offers only what the chosen operation can suffer, and the fields that the chosen effect needs. */
function offerEffects(): void {
  const form = byId('faults-form', HTMLFormElement);
  const select = (name: string) => within(form, `[name=${name}]`, HTMLSelectElement);
  const input = (name: string) => within(form, `[name=${name}]`, HTMLInputElement);
  const [on, effect, provider] = [select('on'), select('effect'), select('provider')];
  const [status, error, delay] = [input('status'), input('error'), input('delayMs')];
  const fit = () => {
    const kind = on.value === 'delivery' ? 'delivery' : 'call';
    for (const option of effect.options) {
      option.disabled = (ONLY_FOR[option.value] ?? kind) !== kind;
      option.hidden = option.disabled;
    }
    if (effect.selectedOptions[0]?.disabled) effect.value = kind === 'call' ? 'status' : 'fail';
    // A disabled field is not sent.
    status.disabled = effect.value !== 'status';
    provider.disabled = effect.value !== 'error';
    error.disabled = provider.disabled;
    delay.required = effect.value === 'delay';
  };
  form.addEventListener('change', fit);
  fit();
}

/** Shows the fixed codes, adds one, and clears them. @returns a function that asks for them */
export function fixedCodeList(api: Api): () => Promise<void> {
  const inWords = ({ user, code }: FixedCode) => `${user}: ${code}`;
  return ruleList(api, 'fixed', '/mock/codes', inWords, (filled) => filled);
}

/**
 * A list of rules that the service keeps.
 *
 * @param name names its elements: `<name>`, `<name>-form`, `<name>-clear` and `<name>-answer`
 * @param read makes a rule of the form's fields
 */
function ruleList<T>(
  api: Api,
  name: string,
  path: string,
  inWords: (rule: T) => string,
  read: (filled: Filled) => object,
): () => Promise<void> {
  let shown = '';
  let shownAt = 0;

  const list = (rules: readonly T[]) => {
    shownAt = performance.now();
    const texts = rules.map(inWords);
    if (texts.join('\n') === shown) return;
    shown = texts.join('\n');
    byId(name, HTMLUListElement).replaceChildren(...texts.map(listItem));
  };
  const report = (answer: Outcome<T[]>) => {
    say(`${name}-answer`, answer.ok ? '' : answer.problem);
    if (answer.ok) list(answer.body);
  };

  onSubmit(`${name}-form`, async (filled) => {
    const answer = await api.call<T[]>('GET', path);
    report(answer.ok ? await api.call<T[]>('PUT', path, [...answer.body, read(filled)]) : answer);
  });
  onClick(`${name}-clear`, async () => report(await api.call<T[]>('DELETE', path)));
  return async () => {
    const askedAt = performance.now();
    const answer = await api.call<T[]>('GET', path);
    // A change may have been answered meanwhile: this answer may be from before it.
    if (answer.ok && shownAt <= askedAt) list(answer.body);
  };
}

function listItem(text: string): HTMLLIElement {
  const item = document.createElement('li');
  item.textContent = text;
  return item;
}
