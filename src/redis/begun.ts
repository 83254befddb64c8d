import { createHmac } from 'node:crypto';
import { StoreUnavailable } from '../core/store.ts';
import type { Redis } from './redis.ts';

/** The service must not use this store. The message says what to change. */
export class WrongStore extends StoreUnavailable {
  override name = 'WrongStore';
}

const IS_CLUSTER =
  'OTP_STORE is a Redis Cluster: write its scheme as redis+cluster:// or rediss+cluster://, or name a Redis without cluster mode';

/** @throws WrongStore if a Redis that is used as a single one is a node of a cluster */
export async function refuseCluster(send: Redis['send']): Promise<void> {
  // Where the user may not ask, it is taken for a single Redis.
  const info = await send('INFO', ['cluster']).then(String, () => '');
  if (info.includes('cluster_enabled:1')) throw new WrongStore(IS_CLUSTER);
}

/**
 * Keeps in the store what all of its replicas must have in common: the number of shards, and a fingerprint of the
 * pepper. The first replica writes it down.
 *
 * @param peppers those that the service accepts, the one that it uses first
 * @throws WrongStore if the store was begun with another number or none of the peppers
 */
export async function checkBegun(
  send: Redis['send'],
  key: string,
  shards: number,
  peppers: readonly string[],
): Promise<void> {
  const accepted = peppers.map((pepper) => `${shards} ${fingerprintOf(pepper)}`);
  const [own = ''] = accepted;
  // Read first: a full Redis takes no writes, and must be reached.
  const begun = (await send('GET', [key])) ?? (await send('SET', [key, own, 'NX', 'GET'])) ?? own;
  if (begun === own) return;
  const [number] = String(begun).split(' ');
  const remedy = `use that one, or an empty store, or delete ${key} there once its codes no longer matter`;
  if (number !== `${shards}`)
    throw new WrongStore(`OTP_STORE_SHARDS is ${shards}, and the store was begun with ${number}: ${remedy}`);
  if (!accepted.includes(String(begun)))
    throw new WrongStore(`OTP_PEPPER is not the one that the store was begun with: ${remedy}`);
  await send('SET', [key, own]);
}

/** Of 64 bits: enough to tell peppers apart, and nothing that a pepper could be found from but by trying them all. */
function fingerprintOf(pepper: string): string {
  return createHmac('sha256', pepper).update('the pepper of this store').digest('hex').slice(0, 16);
}
