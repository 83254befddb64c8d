const BLANKS = /[ \t\n\r]*/y;

/** A word of JSON: a string, a number, a literal or a sign (RFC 8259). */
const WORD =
  /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[[\]{}:,]/y;

/** How a value may begin; 0 stands for numbers and literals. */
const VALUE = '"0{[';

/**
 * Where a text stops being JSON: at its first word that JSON cannot have there, or at its end if more must follow. Takes
 * time of its own, so ask only about a text that `JSON.parse` refuses.
 *
 * @returns an offset; undefined if the text is JSON
 */
export function whereJsonEnds(text: string): number | undefined {
  const closers: string[] = [];
  let allowed = VALUE;
  for (let at = 0; ; at = endOf(WORD, text, at)) {
    at = endOf(BLANKS, text, at);
    if (at === text.length && allowed === '') return undefined;
    const kind = /["{}[\]:,]/.exec(text.charAt(at))?.[0] ?? '0';
    if (endOf(WORD, text, at) === at || !allowed.includes(kind)) return at;
    if (kind === '{') closers.push('}');
    if (kind === '[') closers.push(']');
    if (kind === '}' || kind === ']') closers.pop();
    const closer = closers.at(-1) ?? '';
    if (kind === '{') allowed = '"}';
    else if (kind === '[') allowed = `${VALUE}]`;
    else if (kind === ',') allowed = closer === '}' ? '"' : VALUE;
    // A string where no other value may be is a key.
    else if (kind === '"' && !allowed.includes('0')) allowed = ':';
    else if (kind === ':') allowed = VALUE;
    else allowed = closer && `,${closer}`;
  }
}

/** Where a match that begins exactly there ends; the same place if there is none. @param pattern sticky */
function endOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}
