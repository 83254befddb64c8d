import { type Code, type Excerpt, stateAt } from '../model/code-list.ts';
import { countdown } from '../model/countdown.ts';
import { deliveryInWords } from '../model/words.ts';
import { byId, show, within } from './dom.ts';

/** More new rows than this at once appear without an animation. */
const MAX_ANIMATED = 4;

/** The list of codes. While a code is shown its row stays the same element, so it keeps the focus. */
export class CodeRows {
  readonly #list = byId('list', HTMLUListElement);
  readonly #rows = new Map<string, HTMLLIElement>();

  /** @param now service time, ms since the epoch */
  render({ codes, matching }: Excerpt, total: number, now: number): void {
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
    byId('empty', HTMLElement).hidden = total > 0;
    byId('no-match', HTMLElement).hidden = total === 0 || matching > 0;
    show(byId('count', HTMLElement), counted(codes.length, matching, total));
  }
}

function newRow({ id, user }: Code): HTMLLIElement {
  const template = byId('row', HTMLTemplateElement);
  const row = within(document.importNode(template.content, true), 'li', HTMLLIElement);
  row.dataset['id'] = id;
  for (const button of row.querySelectorAll('button'))
    button.setAttribute('aria-label', `${button.textContent} the code of ${user}`);
  return row;
}

function update(row: HTMLLIElement, code: Code, now: number): void {
  const { user, purpose, code: digits } = code;
  const state = stateAt(code, now);
  const { label, share } = countdown(code.expiresAt - now);
  const seconds = state === 'pending' ? label : '–';
  const texts = { user, purpose, delivery: deliveryInWords(code), digits, state, seconds };
  for (const [part, text] of Object.entries(texts)) {
    const element = within(row, `.${part}`, HTMLElement);
    show(element, text);
    // What may be too long for its place.
    if (element.localName === 'bdi') element.title = text;
  }
  within(row, '.left', SVGCircleElement).setAttribute('stroke-dashoffset', String(1 - share));
  row.dataset['state'] = state;
}

function counted(shown: number, matching: number, total: number): string {
  const [of, all] = [matching.toLocaleString('en'), total.toLocaleString('en')];
  if (shown === total) return total === 0 ? '' : all;
  return matching >= Math.min(total, 1_000)
    ? `newest ${shown} of ${all}`
    : `${shown} of ${of} matches, ${all} in total`;
}
