import type { Log } from '../log/log.ts';
import type { RedisConnection } from './connection.ts';

/** Warns, in a line each, of what has Redis lose codes without a fault of its own. It never rejects. */
export async function warnOfLosses(redis: RedisConnection, log: Log): Promise<void> {
  const info = await redis.send('INFO', []).then(String, () => '');
  const value = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const policy = value('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction')
    log.warn('the store forgets codes and locks where it lacks memory: set maxmemory-policy noeviction', {
      policy,
    });
  if (value('aof_enabled') === '0')
    log.warn('codes and locks do not survive a restart of the store: set appendonly yes');
}
