/** What a pattern may be: an exact user, or one with a single `*` at its start or its end, for any text. */
export const PATTERN = /^(?:\*[^*]*|[^*]+\*?)$/;

/** Whether a user is one of those that a pattern means. */
export function matches(pattern: string, user: string): boolean {
  if (pattern.startsWith('*')) return user.endsWith(pattern.slice(1));
  if (pattern.endsWith('*')) return user.startsWith(pattern.slice(0, -1));
  return user === pattern;
}
