import type { Context } from 'elysia';

/**
 * Closes the connection after the answer to a request in chunks.
 *
 * Such a body may end with trailer fields. Bun does not read them as part of the request, and answers them with a 400
 * of their own. On a connection that a proxy shares among clients, another client would get that answer.
 */
export function closeAfterChunks(request: Request, set: Context['set']): void {
  if (request.headers.has('transfer-encoding')) set.headers['connection'] = 'close';
}
