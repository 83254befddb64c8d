/** A pattern: an exact user, or text with a single `*` at its start or end, which matches any text. */
export const PATTERN = /^(?:\*[^*]*|[^*]+\*?)$/;

/** Whether a pattern matches a user. */
export function matches(pattern: string, user: string): boolean {
  if (pattern.startsWith('*')) return user.endsWith(pattern.slice(1));
  if (pattern.endsWith('*')) return user.startsWith(pattern.slice(0, -1));
  return user === pattern;
}
