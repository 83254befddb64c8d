import type { RedisConnection } from './connection.ts';
import { listOf } from './replies.ts';

/** About how many members come at once. */
const BATCH = 100;

/**
 * The members of an index whose names have a pattern, some at a time. Those that are in it from beginning to end come for
 * certain, others may.
 */
export async function* membersOf(
  redis: RedisConnection,
  index: string,
  pattern: string,
): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const scan = ['MATCH', pattern, 'COUNT', `${BATCH}`];
    const [next, found] = listOf(await redis.send('ZSCAN', [index, cursor, ...scan]));
    // Each member is followed by its place.
    const members = listOf(found).filter((_, i) => i % 2 === 0);
    if (members.length > 0) yield members.map(String);
    cursor = String(next);
  } while (cursor !== '0');
}
