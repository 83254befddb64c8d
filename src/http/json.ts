import { whereJsonEnds } from './where-json-ends.ts';

/**
 * Parses JSON whose objects have no key twice. RFC 8259 leaves open which of two values counts: `JSON.parse` takes the
 * last, and a proxy that checks the body may take the first, so the two would see different users.
 *
 * @throws SyntaxError if it is not JSON, or if an object has a key twice; its message says where, and repeats nothing
 */
export function parseJson(text: string): unknown {
  const value = parsed(text);
  if (membersIn(text) !== keysIn(value)) throw new SyntaxError('has an object with a key twice');
  return value;
}

/** `JSON.parse`, with an error that says where: Bun's doesn't. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (text === '') throw new SyntaxError('is empty');
    const before = text.slice(0, whereJsonEnds(text));
    if (before === text) throw new SyntaxError('ends before its JSON does');
    const lines = before.split('\n');
    const column = [...(lines.at(-1) ?? '')].length + 1;
    throw new SyntaxError(`stops being JSON at line ${lines.length}, column ${column}`);
  }
}

/** How many members the objects in a JSON text have, equal keys included: each has one colon outside strings. */
function membersIn(json: string): number {
  let members = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const char = json[at];
    if (char === '"') inString = !inString;
    else if (inString && char === '\\') at++;
    else if (!inString && char === ':') members++;
  }
  return members;
}

/** How many keys the objects in a value have. */
function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const parts: unknown[] = Array.isArray(value) ? value : Object.values(value);
  let keys = parts === value ? 0 : parts.length;
  for (const part of parts) keys += keysIn(part);
  return keys;
}
