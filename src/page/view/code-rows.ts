import { type Code, type Excerpt, stateAt } from '../model/code-list.ts';
import { countdown } from '../model/countdown.ts';
import { deliveryInWords, lifetimeInWords } from '../model/words.ts';
import { byId, show, within } from './dom.ts';

/** More new rows than this at once appear without an animation. */
const MAX_ANIMATED = 4;

/** The list of codes. While a code is shown its row stays the same element, so it keeps the focus. */
export class CodeRows {
  readonly #list = byId('list', HTMLUListElement);
  readonly #rows = new Map<string, HTMLLIElement>();

  /** @param now service time, ms since the epoch */
  render({ codes }: Excerpt, now: number): void {
    const focused = this.#list.contains(document.activeElement) ? document.activeElement : null;
    const place = [...this.#list.children].findIndex((row) => row.contains(focused));
    this.#update(codes, now);
    if (focused instanceof HTMLElement) this.#keepFocus(focused, place);
  }

  #update(codes: readonly Code[], now: number): void {
    const shown = new Set(codes.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (shown.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    const arrivals = codes.filter(({ id }) => !this.#rows.has(id)).length;
    const isLive = this.#rows.size > 0 && arrivals <= MAX_ANIMATED;
    // Existing rows never move, since the order of two codes never changes. New rows go in between.
    let place = this.#list.firstElementChild;
    for (const code of codes) {
      const known = this.#rows.get(code.id);
      const row = known ?? newRow(code);
      update(row, code, now);
      if (known !== undefined) place = known.nextElementSibling;
      else {
        row.classList.toggle('new', isLive);
        this.#list.insertBefore(row, place);
        this.#rows.set(code.id, row);
      }
    }
  }

  /** Without this, the focus falls to the top of the page if its button or row goes. @param place the row's */
  #keepFocus(focused: HTMLElement, place: number): void {
    if (focused.checkVisibility({ visibilityProperty: true })) return;
    const row = focused.closest('li');
    const next = row?.isConnected ? row : (this.#list.children[place] ?? this.#list.lastElementChild);
    const copy = next?.querySelector('.copy');
    (copy instanceof HTMLElement ? copy : byId('search', HTMLInputElement)).focus();
  }
}

function newRow({ id, user, purpose, code, provider = '' }: Code): HTMLLIElement {
  const template = byId('row', HTMLTemplateElement);
  const row = within(document.importNode(template.content, true), 'li', HTMLLIElement);
  row.dataset['id'] = id;
  const texts = { user, purpose, provider, digits: code };
  for (const [part, text] of Object.entries(texts)) show(within(row, `.${part}`, HTMLElement), text);
  for (const button of row.querySelectorAll('button')) {
    const whose = document.createElement('span');
    whose.className = 'unseen';
    whose.textContent = ` the code of ${user}`;
    button.append(whose);
  }
  // A message that is only a text has nothing to copy or verify.
  if (code === '') within(row, '.use', HTMLElement).remove();
  return row;
}

function update(row: HTMLLIElement, code: Code, now: number): void {
  const { createdAt, expiresAt } = code;
  const state = stateAt(code, now);
  const { label, share } = countdown(expiresAt - now, expiresAt - createdAt);
  const texts = {
    delivery: deliveryInWords(code),
    when: lifetimeInWords(createdAt, expiresAt, now),
    state,
    seconds: state === 'pending' ? label : '–',
  };
  for (const [part, text] of Object.entries(texts)) show(within(row, `.${part}`, HTMLElement), text);
  within(row, '.left', SVGCircleElement).setAttribute(
    'stroke-dashoffset',
    String(state === 'pending' ? 1 - share : 1),
  );
  row.dataset['state'] = state;
}
