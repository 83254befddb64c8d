import type { RedisConnection } from './connection.ts';
import { listOf } from './replies.ts';

/** About how many members arrive at once. */
const BATCH = 100;

/**
 * The members of a sorted set, or the fields of a hash, whose names match a pattern, in batches. Those present for the
 * whole scan are guaranteed to appear; others may.
 */
export async function* scan(
  redis: RedisConnection,
  command: 'ZSCAN' | 'HSCAN',
  key: string,
  pattern: string,
): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const reply = await redis.send(command, [key, cursor, 'MATCH', pattern, 'COUNT', `${BATCH}`]);
    const [next, found] = listOf(reply);
    // Each name is followed by its score or its value.
    const names = listOf(found).filter((_, i) => i % 2 === 0);
    if (names.length > 0) yield names.map(String);
    cursor = String(next);
  } while (cursor !== '0');
}
