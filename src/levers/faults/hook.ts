import type { Context } from 'elysia';
import type { Clock } from '../../core/clock.ts';
import { type AnyServer, restoreTimeout, suspendTimeout } from '../../http/idle-timeout.ts';
import { ProblemError } from '../../http/problem.ts';
import type { Fault, Operation } from './fault.ts';
import type { Faults } from './faults.ts';

/** The operation of each route. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  '/otp/request': 'request',
  '/otp/verify': 'verify',
  '/otp/cancel': 'cancel',
};

type Call = Pick<Context, 'request' | 'route' | 'body'>;

/**
 * Makes the hook that lets calls fail as a test wants it. It runs before every handler, on validated bodies. No route
 * knows of it.
 *
 * A delayed call still takes effect after the delay if its client has disconnected by then. That is how a slow provider
 * spends a code after its client has given up.
 *
 * @param ending aborts when the service is about to stop: a delay ends early, and its call is refused
 * @param app has the server that calls come over. Taken from the context, Elysia would define it anew for each call
 */
export function faultHook(
  faults: Faults,
  clock: Clock,
  ending: AbortSignal,
  app: { readonly server: AnyServer },
) {
  return ({ request, route, body }: Call): Promise<Response | undefined> | undefined => {
    const on = OPERATIONS[route];
    if (on === undefined || faults.entries.length === 0) return undefined;
    // Elysia waits for what a hook returns only if its source says `return f(`, as here.
    return applyFault(faults.strike(on, userOf(body)), request);
  };

  async function applyFault(struck: Promise<Fault | undefined>, request: Request) {
    const { delayMs = 0, status, drop = false } = (await struck) ?? {};
    if (delayMs > 0) {
      suspendTimeout(app.server, request);
      await clock.sleep(delayMs, ending);
      restoreTimeout(app.server, request);
      if (ending.aborted) throw new ProblemError('not_ready');
    }
    if (drop) return brokenConnection();
    if (status !== undefined) throw new ProblemError('injected_fault', { status });
    return undefined;
  }
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
