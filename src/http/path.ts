/** A request's path as sent: not decoded, without host and query. Unlike `new URL` it survives an invalid host. */
export function pathOf({ url }: Request): string {
  return /^https?:\/\/[^/?#]*([^?]*)/.exec(url)?.[1] ?? '/';
}
