/** What the calls of several providers bring, and how it is checked. */

/** An E.164 number. */
export function isPhoneNumber(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text);
}

/** What to verify a guess as: one that no code can be, since none is that short, in place of what is no code at all. */
export function guessOf(text: string): string {
  return /^\d{4,10}$/.test(text) ? text : '0';
}
