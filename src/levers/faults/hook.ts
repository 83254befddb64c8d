import type { Context } from 'elysia';
import type { Clock } from '../../core/clock.ts';
import { type AnyServer, restoreTimeout, suspendTimeout } from '../../http/idle-timeout.ts';
import { ProblemError } from '../../http/problem.ts';
import type { Operation } from './fault.ts';
import type { Faults } from './faults.ts';

/** The operation of each route. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  '/otp/request': 'request',
  '/otp/verify': 'verify',
  '/otp/cancel': 'cancel',
};

type Call = Pick<Context, 'request' | 'route' | 'body'>;

/** Makes one call fail if a test wants it so. @returns the answer, or undefined if the call goes on */
export type Strike = (
  on: Operation,
  user: string,
  request: Request,
  provider?: string,
) => Promise<Response | undefined>;

/**
 * Makes the hook that lets calls fail as a test wants it. It runs before every handler, on validated bodies. No route
 * of `/otp` knows of it.
 *
 * @param strike what `striker` makes
 */
export function faultHook(faults: Faults, strike: Strike) {
  return ({ request, route, body }: Call): Promise<Response | undefined> | undefined => {
    const on = OPERATIONS[route];
    if (on === undefined || faults.isEmpty) return undefined;
    // Elysia waits for what a hook returns only if its source says `return f(`, as here.
    return strike(on, userOf(body), request);
  };
}

/**
 * Makes the function that lets one call fail. It throws ProblemError `injected_fault`, with the status and the provider's
 * error of the fault.
 *
 * A delayed call still takes effect after the delay if its client has disconnected by then. That is how a slow provider
 * spends a code after its client has given up.
 *
 * @param ending aborts when the service is about to stop: a delay ends early, and its call is refused
 * @param app has the server that calls come over. Taken from the context, Elysia would define it anew for each call
 */
export function striker(
  faults: Faults,
  clock: Clock,
  ending: AbortSignal,
  app: { readonly server: AnyServer },
): Strike {
  return async (on, user, request, provider) => {
    const fault = await faults.strike(on, user, provider);
    const { delayMs = 0, status, error, drop = false } = fault ?? {};
    if (delayMs > 0) {
      suspendTimeout(app.server, request);
      await clock.sleep(delayMs, ending);
      restoreTimeout(app.server, request);
      if (ending.aborted) throw new ProblemError('not_ready');
    }
    if (drop) return brokenConnection();
    if ((status ?? error) !== undefined)
      throw new ProblemError('injected_fault', { ...(status && { status }), ...(error && { error }) });
    return undefined;
  };
}

function userOf(body: unknown): string {
  const user = typeof body === 'object' && body !== null && 'user' in body ? body.user : undefined;
  if (typeof user !== 'string') throw new Error('a call without a user passed validation');
  return user;
}

/** An answer whose body fails before its first byte: Bun resets the connection without an answer. */
function brokenConnection(): Response {
  return new Response(new ReadableStream({ start: (controller) => controller.error() }));
}
