/**
 * A request's path: not decoded, without host and query. Unlike `new URL` it survives an invalid host, and a `url` that
 * is only a path: Bun gives that to a request without a host, as HTTP/1.0 allows.
 */
export function pathOf({ url }: Request): string {
  return /^(?:https?:\/\/[^/?#]*)?([^?]*)/.exec(url)?.[1] ?? '/';
}

/** A request's query, not decoded. It survives an invalid host, too. */
export function queryOf({ url }: Request): string {
  return /\?([^#]*)/.exec(url)?.[1] ?? '';
}

/** Whether a request has a body of any type. Looks at `request.body` only if it must: that makes the body a stream. */
export function hasBody(request: Request): boolean {
  const announced = request.headers.get('content-length');
  return announced === null ? request.body !== null : announced !== '0';
}

/**
 * Route options for no body. Without them Elysia reads the body of any route but GET, of any length, and before it checks
 * the caller's key.
 */
export const noBody = { parse: 'none' as const };
