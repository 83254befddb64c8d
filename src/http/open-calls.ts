import { ProblemError } from './problem.ts';

/** Most calls of one kind that wait or stream at once. Each holds a connection, and what is buffered for it. */
const MOST = 256;

/**
 * Makes the function that counts a call as open until its signal aborts.
 *
 * @param code refuses a call beyond 256 open ones
 * @param retryAfter seconds, as that problem says
 */
export function openCalls(code: 'too_many_streams' | 'too_many_waits', retryAfter: number) {
  let open = 0;
  /** @throws ProblemError if too many are open */
  return (until: AbortSignal): void => {
    if (open === MOST) throw new ProblemError(code, { retryAfter });
    if (until.aborted) return;
    open++;
    until.addEventListener('abort', () => open--, { once: true });
  };
}
