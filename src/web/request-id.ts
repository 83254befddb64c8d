import type { Context } from 'elysia';
import type { Cause } from '../otp/events.ts';

/** The name of one HTTP request, in its answer and in all that it causes. */
const HEADER = 'x-request-id';

/** What is taken for an id from a caller; anything else could not stand in a log or a header as it is. */
const SANE = /^[\w.:-]{1,64}$/;

/** Gives every request an id, the caller's own if it is sane, and puts it into the answer's headers. */
export function nameRequests(run: string) {
  let requests = 0;
  return ({ request, set }: Pick<Context, 'request' | 'set'>): void => {
    requests++;
    const given = request.headers.get(HEADER);
    set.headers[HEADER] = given !== null && SANE.test(given) ? given : `${run}-${requests}`;
  };
}

/** The request that is being answered, as the cause of what it does. */
export function causeOf({ headers }: Context['set']): Required<Cause> {
  return { requestId: String(headers[HEADER]) };
}
