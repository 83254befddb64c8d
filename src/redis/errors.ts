import { StoreUnavailable } from '../core/store.ts';

/** Replies of a Redis that refuses this step, for now or to us. The connection is good. */
const REFUSES_STEP = new Set(['OOM', 'MISCONF', 'NOREPLICAS', 'BUSY', 'TRYAGAIN', 'NOPERM']);

/** Replies of a Redis that takes no steps at all. A new connection may lead to one that does. */
const REFUSES_ALL = new Set(['READONLY', 'LOADING', 'MASTERDOWN', 'CLUSTERDOWN', 'NOAUTH', 'WRONGPASS']);

/**
 * Reads what Bun's client rejects with, if that is Redis's or the network's fault.
 *
 * @returns the error to throw instead, and whether the connection is of no further use; undefined if it is our bug, to
 * be rethrown as is
 */
export function refusalOf(thrown: unknown) {
  if (!(thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('ERR_REDIS_')))
    return undefined;
  if (thrown.code !== 'ERR_REDIS_SERVER_ERROR')
    return { error: new StoreUnavailable(`Redis cannot be reached: ${thrown.code}`), losesLink: true };
  const [word = ''] = thrown.message.split(' ');
  const losesLink = REFUSES_ALL.has(word);
  if (!losesLink && !REFUSES_STEP.has(word)) return undefined;
  return { error: new StoreUnavailable(`Redis refuses: ${word}`), losesLink };
}
