import { type Code, type Excerpt, stateAt } from '../model/code-list.ts';
import { countdown } from '../model/countdown.ts';
import { deliveryInWords } from '../model/words.ts';
import { byId, within } from './dom.ts';

/** More new rows than this at once appear without an animation. */
const MAX_ANIMATED = 4;

/** The list of codes. While a code is shown its row stays the same element, so it keeps the focus. */
export class CodeRows {
  readonly #list = byId('list', HTMLUListElement);
  readonly #template = byId('row', HTMLTemplateElement);
  readonly #rows = new Map<string, Row>();

  /** @param now service time, ms since the epoch */
  render({ codes, matching }: Excerpt, total: number, now: number): void {
    const shown = new Set(codes.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (shown.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    const arrivals = codes.filter(({ id }) => !this.#rows.has(id)).length;
    const isLive = this.#rows.size > 0 && arrivals <= MAX_ANIMATED;
    // Existing rows never move, since the order of two codes never changes. New rows go in between.
    let place = this.#list.firstElementChild;
    for (const code of codes) {
      const known = this.#rows.get(code.id);
      const row = known ?? this.#add(code, place, isLive);
      if (known !== undefined) place = known.element.nextElementSibling;
      row.update(code, now);
    }
    byId('empty', HTMLElement).hidden = total > 0;
    byId('no-match', HTMLElement).hidden = total === 0 || matching > 0;
    byId('count', HTMLElement).textContent = counted(codes.length, matching, total);
  }

  #add(code: Code, before: Element | null, isLive: boolean): Row {
    const row = new Row(within(this.#template.content, 'li', HTMLLIElement).cloneNode(true), code);
    row.element.classList.toggle('new', isLive);
    this.#list.insertBefore(row.element, before);
    this.#rows.set(code.id, row);
    return row;
  }
}

class Row {
  readonly element: HTMLLIElement;
  readonly #seconds: HTMLElement;
  readonly #state: HTMLElement;
  readonly #left: SVGCircleElement;
  readonly #delivery: HTMLElement;
  #shown = '';

  constructor(clone: Node, { id, user, purpose, code }: Code) {
    if (!(clone instanceof HTMLLIElement)) throw new Error('a row must be a list item');
    this.element = clone;
    this.#seconds = within(clone, '.seconds', HTMLElement);
    this.#state = within(clone, '.state', HTMLElement);
    this.#left = within(clone, '.left', SVGCircleElement);
    this.#delivery = within(clone, '.delivery', HTMLElement);
    clone.dataset['id'] = id;
    const texts = { user, purpose, digits: code };
    for (const [part, text] of Object.entries(texts)) {
      const element = within(clone, `.${part}`, HTMLElement);
      element.textContent = text;
      element.title = text;
    }
    for (const button of clone.querySelectorAll('button'))
      button.setAttribute('aria-label', `${button.textContent} the code of ${user}`);
  }

  update(code: Code, now: number): void {
    const state = stateAt(code, now);
    const { label, share } = countdown(code.expiresAt - now);
    if (state === 'pending') this.#left.setAttribute('stroke-dashoffset', String(1 - share));
    const delivery = deliveryInWords(code);
    const shown = `${state} ${state === 'pending' ? label : ''} ${delivery}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.dataset['state'] = state;
    this.#state.textContent = state;
    this.#delivery.textContent = delivery;
    this.#delivery.title = delivery;
    this.#seconds.textContent = state === 'pending' ? label : '–';
  }
}

function counted(shown: number, matching: number, total: number): string {
  const [of, all] = [matching.toLocaleString('en'), total.toLocaleString('en')];
  if (shown === total) return total === 0 ? '' : all;
  return matching >= Math.min(total, 1_000)
    ? `newest ${shown} of ${all}`
    : `${shown} of ${of} matches, ${all} in total`;
}
