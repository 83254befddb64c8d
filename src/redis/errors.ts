import { StoreUnavailable } from '../core/store.ts';

/** Replies of a Redis that refuses this step, for now or to us. The connection is good. */
const REFUSES_STEP = new Set(['OOM', 'MISCONF', 'NOREPLICAS', 'BUSY', 'TRYAGAIN', 'NOPERM']);

/** Replies of a Redis that takes no steps at all. A new connection may lead to one that does. */
const REFUSES_ALL = new Set(['READONLY', 'LOADING', 'MASTERDOWN', 'CLUSTERDOWN', 'NOAUTH', 'WRONGPASS']);

/** A failure that is Redis's or the network's fault. */
export interface Refusal {
  readonly error: StoreUnavailable;
  /** Whether the connection is of no further use. */
  readonly losesLink: boolean;
}

/** Reads what Bun's client rejects with. @returns undefined if it is our bug, to be rethrown as is */
export function refusalOf(thrown: unknown): Refusal | undefined {
  if (!isRedisError(thrown)) return undefined;
  if (thrown.code !== 'ERR_REDIS_SERVER_ERROR')
    return { error: new StoreUnavailable(`Redis cannot be reached: ${thrown.code}`), losesLink: true };
  const [word = ''] = thrown.message.split(' ');
  const losesLink = REFUSES_ALL.has(word);
  if (!losesLink && !REFUSES_STEP.has(word)) return undefined;
  return { error: new StoreUnavailable(`Redis refuses: ${word}`), losesLink };
}

/** Whether Redis does not know the script: it has restarted, or is another one than before. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

function isRedisError(thrown: unknown): thrown is Error & { code: string } {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('ERR_REDIS_');
}
