import { ProblemError } from './problem.ts';

/**
 * Refuses request targets that reach a route although they are not its path: `/otp/../mock/inbox`, say. A proxy that
 * allows `/otp/` would let that one through.
 *
 * `request.url` does not show such a target: Bun has already put it into normal form. But Bun matches its own routes by
 * the target as it was sent, and Elysia gives all its routes to Bun. So a request that none of Bun's routes took must
 * not match one of Elysia's either.
 *
 * @returns `unmatched` takes note of a request that none of Bun's routes took; `check` is a hook for all routes, and
 *   throws ProblemError `invalid_target`
 */
export function targetCheck() {
  const requests = new WeakSet<Request>();
  return {
    unmatched(request: Request): void {
      requests.add(request);
    },
    check({ request }: { request: Request }): void {
      if (requests.has(request)) throw new ProblemError('invalid_target');
    },
  };
}
