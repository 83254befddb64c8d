/**
 * The path of a request, as it was sent: without host and query, and not decoded. A host that is none cannot
 * upset it, as it would `new URL`.
 */
export function pathOf({ url }: Request): string {
  return /^https?:\/\/[^/?#]*([^?]*)/.exec(url)?.[1] ?? '/';
}
