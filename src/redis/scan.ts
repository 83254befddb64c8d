import type { RedisConnection } from './connection.ts';
import { listOf } from './replies.ts';

/** About how many members arrive at once. */
const BATCH = 100;

/**
 * The members of a sorted set whose names match a pattern, in batches. Members present for the whole scan are
 * guaranteed to appear; others may.
 */
export async function* scanMembers(
  redis: RedisConnection,
  index: string,
  pattern: string,
): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const reply = await redis.send('ZSCAN', [index, cursor, 'MATCH', pattern, 'COUNT', `${BATCH}`]);
    const [next, found] = listOf(reply);
    // Each member is followed by its score.
    const members = listOf(found).filter((_, i) => i % 2 === 0);
    if (members.length > 0) yield members.map(String);
    cursor = String(next);
  } while (cursor !== '0');
}
