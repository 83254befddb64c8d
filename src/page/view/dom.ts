type Kind<E extends Element> = abstract new () => E;

/** The element with this id. @throws Error if there is none of that kind */
export function byId<E extends Element>(id: string, kind: Kind<E>): E {
  return within(document, `#${id}`, kind);
}

/** The first element that matches the selector. @throws Error if it is missing or of another kind */
export function within<E extends Element>(parent: ParentNode, selector: string, kind: Kind<E>): E {
  const found = parent.querySelector(selector);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} at ${selector}`);
}

/** Calls `run` on each click. */
export function onClick(id: string, run: () => void): void {
  byId(id, HTMLButtonElement).addEventListener('click', run);
}

/** Calls `run` when a form is submitted, in place of the browser. */
export function onSubmit(id: string, run: () => void): void {
  byId(id, HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    run();
  });
}

/** The text in a field. */
export function fieldValue(id: string): string {
  return byId(id, HTMLInputElement).value;
}

/** The text in a field as an object's property; an empty object if the field is empty. */
export function optionalText<N extends string>(name: N, id: string): { [K in N]?: string } {
  const value = fieldValue(id);
  return value === '' ? {} : property(name, value);
}

/** Like `optionalText`, for a number. */
export function optionalNumber<N extends string>(name: N, id: string): { [K in N]?: number } {
  const value = fieldValue(id);
  return value === '' ? {} : property(name, Number(value));
}

function property<N extends string, V>(name: N, value: V): { [K in N]?: V } {
  const made: { [K in N]?: V } = {};
  made[name] = value;
  return made;
}

/** Shows a result below its buttons, where a screen reader announces it. */
export function say(id: string, text: string, mood: 'good' | 'bad' | 'plain' = 'plain'): void {
  const output = byId(id, HTMLOutputElement);
  output.textContent = text;
  output.className = `answer ${mood}`;
}

/** Shows texts as a list's items, never as HTML. */
export function listTexts(id: string, texts: readonly string[]): void {
  const items = texts.map((text) => {
    const item = document.createElement('li');
    item.textContent = text;
    return item;
  });
  byId(id, HTMLUListElement).replaceChildren(...items);
}
