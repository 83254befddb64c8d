/** Whether a user is one of those that a pattern means. */
export function matches(pattern: string, user: string): boolean {
  if (pattern.startsWith('*')) return user.endsWith(pattern.slice(1));
  if (pattern.endsWith('*')) return user.startsWith(pattern.slice(0, -1));
  return user === pattern;
}
