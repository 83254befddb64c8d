import type { Context } from 'elysia';
import type { Cause } from '../core/events.ts';

/** Carries a request's id: in, if the client sends one, and out with every answer. */
const HEADER = 'x-request-id';

/** The ids that are accepted from a client: safe in logs and headers as they are. */
const SAFE = /^[\w.:-]{1,64}$/;

/** Puts the request's id into the answer's headers: the client's own if it is safe, otherwise a new one. */
export function nameRequests(nextId: () => string) {
  return (request: Request, set: Context['set']): void => {
    const given = request.headers.get(HEADER);
    set.headers[HEADER] = given !== null && SAFE.test(given) ? given : nextId();
  };
}

/**
 * The current request, as the cause of events. Its id is read from the answer's headers, the one place that route
 * handlers and the error handler both see.
 */
export function causeOf({ headers }: Context['set']): Required<Pick<Cause, 'requestId'>> {
  return { requestId: String(headers[HEADER]) };
}
