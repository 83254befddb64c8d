import type { Context } from 'elysia';
import type { Clock } from '../../core/clock.ts';
import { type AnyServer, restoreTimeout, suspendTimeout } from '../../http/idle-timeout.ts';
import { ProblemError } from '../../http/problem.ts';
import type { FaultLever, Operation } from './faults.ts';

/** Which operation a route is. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  '/otp/request': 'request',
  '/otp/verify': 'verify',
  '/otp/cancel': 'cancel',
};

type Call = Pick<Context, 'request' | 'route' | 'body'>;

/**
 * Makes the hook by which calls fail as a test has asked for: it stands before every handler, and no route
 * knows of it. Bodies have been checked when it runs.
 *
 * A call that is delayed takes place when the delay is over, also if its client has given up meanwhile: that is
 * how a slow provider spends a code that nobody waits for any more.
 *
 * @param ending aborts when the service is about to stop: a delay is cut short, and its call refused
 * @param app whose server calls come over. Elysia would define it anew in every call's context if the hook took it from there
 */
export function faultHook(
  faults: FaultLever,
  clock: Clock,
  ending: AbortSignal,
  app: { readonly server: AnyServer },
) {
  return ({ request, route, body }: Call): Promise<Response | undefined> | undefined => {
    const on = OPERATIONS[route];
    if (on === undefined || faults.list.length === 0) return undefined;
    // Elysia waits for what a hook returns if its source says `return f(`, as it does here.
    return suffer(faults.strike(on, userOf(body)), request);
  };

  async function suffer(struck: ReturnType<FaultLever['strike']>, request: Request) {
    const { delayMs = 0, status, drop = false } = (await struck) ?? {};
    if (delayMs > 0) {
      suspendTimeout(app.server, request);
      await clock.sleep(delayMs, ending);
      restoreTimeout(app.server, request);
      if (ending.aborted) throw new ProblemError('not_ready');
    }
    if (drop) return brokenOff();
    if (status !== undefined) throw new ProblemError('injected_fault', { status });
    return undefined;
  }
}

function userOf(body: unknown): string {
  const user = typeof body === 'object' && body !== null && 'user' in body ? body.user : undefined;
  if (typeof user !== 'string') throw new Error('a call without a user has passed its checks');
  return user;
}

/** An answer whose body fails before its first byte: Bun resets the connection, and nothing was answered. */
function brokenOff(): Response {
  return new Response(new ReadableStream({ start: (controller) => controller.error() }));
}
