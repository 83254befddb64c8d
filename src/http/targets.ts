import { ProblemError } from './problem.ts';

/**
 * Refuses request targets that reach a route although they are not its path: `/otp/../mock/inbox`, say. A proxy that
 * allows `/otp/` would let that one through.
 *
 * `request.url` does not show such a target: Bun has already put it into normal form. But Bun matches its own routes by
 * the target as it was sent, and Elysia gives all its routes to Bun. So a request that none of Bun's routes took must
 * not match one of Elysia's either. Routes that end in `*` are the exception, which Elysia keeps to itself: use none.
 *
 * @param handle answers any request, as Elysia does
 * @returns `routes` for Bun, which take all requests that no other route took; `check` is a hook for Elysia's routes, and
 *   throws ProblemError `invalid_target`
 */
export function targetCheck(handle: (request: Request) => Response | Promise<Response>) {
  const unmatched = new WeakSet<Request>();
  return {
    routes: {
      '/*': (request: Request) => {
        unmatched.add(request);
        return handle(request);
      },
    },
    check({ request }: { request: Request }): void {
      if (unmatched.has(request)) throw new ProblemError('invalid_target');
    },
  };
}
