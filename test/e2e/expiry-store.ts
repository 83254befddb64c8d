import { Keys } from '../../src/redis/keys.ts';
import { RedisStore } from '../../src/redis/redis-store.ts';
import { UNLIMITED } from '../support/policies.ts';
import { connections } from '../support/redis-stores.ts';

/** The store that all expiring processes share, over a connection of its own. `standAt` sets its service time. */
export async function expiryStore(url: string) {
  const open = await connections(url, 1);
  const [connection] = open.all;
  if (connection === undefined) throw new Error('there is no connection');
  const keys = new Keys('otp:expiry:', 'a pepper for tests', 16);
  const store = new RedisStore(connection, keys, UNLIMITED, true);
  const standAt = async (now: number) => {
    await Promise.all(keys.shards.map(({ clock }) => connection.send('SET', [clock, `=${now}`])));
  };
  return { store, standAt, [Symbol.asyncDispose]: () => open[Symbol.asyncDispose]() };
}
