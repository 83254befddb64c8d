import { Keys } from '../../src/store/redis/keys.ts';
import { RedisStore } from '../../src/store/redis/redis-store.ts';
import { UNLIMITED } from './policies.ts';
import { connections } from './redis-rig.ts';

/** The one store of all processes that expire codes, with the connection that it has here. */
export async function expiryStore(url: string) {
  const open = await connections(url, 1);
  const [connection] = open.all;
  if (connection === undefined) throw new Error('there is no connection');
  const store = new RedisStore(connection, new Keys('otp:expiry:', 'a pepper for tests'), UNLIMITED);
  return { store, [Symbol.asyncDispose]: () => open[Symbol.asyncDispose]() };
}
