/**
 * Parses JSON whose objects have no key twice. RFC 8259 leaves open which of two values counts: `JSON.parse` takes the
 * last, and a proxy that checks the body may take the first, so the two would see different users.
 *
 * @throws SyntaxError if it is not JSON, or if an object has a key twice
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (membersIn(text) !== keysIn(value)) throw new SyntaxError('an object has a key twice');
  return value;
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
