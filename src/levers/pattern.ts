/** Whether a pattern matches a user: an exact one, or with a single `*` at its start or end for any text. */
export function matches(pattern: string, user: string): boolean {
  if (pattern.startsWith('*')) return user.endsWith(pattern.slice(1));
  if (pattern.endsWith('*')) return user.startsWith(pattern.slice(0, -1));
  return user === pattern;
}
