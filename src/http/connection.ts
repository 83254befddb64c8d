import type { Context } from 'elysia';

/**
 * Says that the connection closes after the answer, in two cases.
 *
 * The client asks for it. Bun then closes without a word (RFC 9112, section 9.6, asks for one), and Node's pool of
 * connections would use the closed one again.
 *
 * Or the request comes in chunks. Such a body may end with trailer fields. Bun does not read them as part of the request,
 * and answers them with a 400 of their own. On a connection that a proxy shares among clients, another client would get
 * that answer.
 */
export function closeConnection({ headers }: Request, set: Context['set']): void {
  if (headers.has('transfer-encoding') || headers.get('connection')?.toLowerCase() === 'close')
    set.headers['connection'] = 'close';
}
