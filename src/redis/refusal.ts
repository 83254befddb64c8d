import { StoreUnavailable } from '../core/store.ts';

/** What Redis says where it does not take a step now, or not from us; the connection is good. */
const PASSING = new Set(['OOM', 'MISCONF', 'NOREPLICAS', 'BUSY', 'TRYAGAIN', 'NOPERM']);

/** What it says where it takes no step at all: another connection may lead to one that does. */
const LASTING = new Set(['READONLY', 'LOADING', 'MASTERDOWN', 'CLUSTERDOWN', 'NOAUTH', 'WRONGPASS']);

/** What a failed command comes to: its error, and whether the connection is of no more use. */
export interface Refusal {
  readonly error: Error;
  readonly isLasting: boolean;
}

/** Reads what Bun's client rejects with. What is no fault of Redis or the way there is a flaw of ours, and stays as it is. */
export function refusalOf(thrown: unknown): Refusal {
  if (!isRedisError(thrown))
    return { error: new Error('the client of Redis failed', { cause: thrown }), isLasting: false };
  if (thrown.code !== 'ERR_REDIS_SERVER_ERROR')
    return { error: new StoreUnavailable(`Redis cannot be reached: ${thrown.code}`), isLasting: true };
  const [word = ''] = thrown.message.split(' ');
  const isLasting = LASTING.has(word);
  if (isLasting || PASSING.has(word))
    return { error: new StoreUnavailable(`Redis refuses: ${word}`), isLasting };
  return { error: thrown, isLasting: false };
}

/** Whether Redis does not know the script: it has restarted, or is another one than before. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

function isRedisError(thrown: unknown): thrown is Error & { code: string } {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('ERR_REDIS_');
}
