import type { Context } from 'elysia';
import type { Cause } from '../core/events.ts';

/** Carries the id of a request: into the service if the caller has one, and back out with the answer. */
const HEADER = 'x-request-id';

/** What is taken for an id from a caller; anything else could not stand in a log or a header as it is. */
const SANE = /^[\w.:-]{1,64}$/;

/** Gives every request an id, the caller's own if it is sane, and puts it into the answer's headers. */
export function nameRequests(nextId: () => string) {
  return ({ request, set }: Pick<Context, 'request' | 'set'>): void => {
    const given = request.headers.get(HEADER);
    set.headers[HEADER] = given !== null && SANE.test(given) ? given : nextId();
  };
}

/**
 * The request that is being answered, as the cause of what it does. Its id is read back from the answer's
 * headers, the one place that handlers of routes and the handler of errors both see.
 */
export function causeOf({ headers }: Context['set']): Required<Cause> {
  return { requestId: String(headers[HEADER]) };
}
