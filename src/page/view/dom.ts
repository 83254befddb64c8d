import type { Problem } from '../model/wire.ts';
import { problemInWords } from '../model/words.ts';

type Kind<E extends Element> = abstract new () => E;

/** The element with this id. @throws Error if the page has no such element of that kind */
export function byId<E extends Element>(id: string, kind: Kind<E>): E {
  return within(document, `#${id}`, kind);
}

/** The first element that matches the selector. @throws Error if it is missing or of another kind */
export function within<E extends Element>(parent: ParentNode, selector: string, kind: Kind<E>): E {
  const found = parent.querySelector(selector);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} at ${selector}`);
}

/** Shows a text, never as HTML. An element that shows it already is left alone, with what is selected in it. */
export function show(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows a result below its buttons, where a screen reader announces it. */
export function say(id: string, result: string | Problem): void {
  const output = byId(id, HTMLOutputElement);
  const isProblem = typeof result !== 'string';
  output.textContent = isProblem ? problemInWords(result) : result;
  output.classList.toggle('bad', isProblem);
}

const TOAST_MS = 6_000;
let toastEnd: ReturnType<typeof setTimeout> | undefined;

/** Shows a result for a while at the edge of the page, where it moves nothing. */
export function toast(result: string | Problem): void {
  say('toast', result);
  clearTimeout(toastEnd);
  toastEnd = setTimeout(() => say('toast', ''), TOAST_MS);
}

/** Calls `run` on each click. */
export function onClick(id: string, run: () => void): void {
  byId(id, HTMLButtonElement).addEventListener('click', run);
}

/** A form's fields by name, without the empty ones. */
export type Filled = Record<string, string | number>;

/** Calls `run` when a form is submitted, in place of the browser. */
export function onSubmit(id: string, run: (filled: Filled) => void): void {
  const form = byId(id, HTMLFormElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const filled: Filled = {};
    for (const [name, text] of new FormData(form)) {
      const isNumber = form.querySelector(`[type=number][name=${name}]`) !== null;
      if (text !== '') filled[name] = isNumber ? Number(text) : String(text);
    }
    run(filled);
  });
}
