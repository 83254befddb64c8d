import { StoreUnavailable } from '../core/store.ts';

/** Replies of a Redis that refuses this step, for now or to us. The connection is good. */
const REFUSES_STEP = new Set([
  'OOM',
  'MISCONF',
  'NOREPLICAS',
  'BUSY',
  'NOPERM',
  // A node of a cluster takes steps of one slot and not of another.
  'TRYAGAIN',
  'CLUSTERDOWN',
]);

/** Replies of a Redis that takes no steps at all. A new connection may lead to one that does. */
const REFUSES_ALL = new Set(['READONLY', 'LOADING', 'MASTERDOWN', 'NOAUTH', 'WRONGPASS']);

/** A node of a cluster has not taken the step: the slot is at another node. */
export class Redirected extends StoreUnavailable {
  override name = 'Redirected';

  /**
   * @param asking whether the slot is only moving there, and this step alone goes there
   * @param address `host:port`; without a host it is that of the node that answered
   */
  constructor(
    readonly asking: boolean,
    readonly slot: number,
    readonly address: string,
  ) {
    super(`Redis refuses: the slot is at ${address}`);
  }
}

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
  const [word = '', slot, address = ''] = thrown.message.split(' ');
  if (word === 'MOVED' || word === 'ASK')
    return { error: new Redirected(word === 'ASK', Number(slot), address), losesLink: false };
  const losesLink = REFUSES_ALL.has(word);
  if (!losesLink && !REFUSES_STEP.has(word)) return undefined;
  return { error: new StoreUnavailable(`Redis refuses: ${word}`), losesLink };
}
