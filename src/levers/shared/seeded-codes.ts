import type { OtpEvent } from '../../core/events.ts';
import type { CodeSource } from '../../core/otp-service.ts';
import type { OtpKey } from '../../core/store.ts';
import { isOf, keyOf } from '../../core/store.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { listOf } from '../../redis/replies.ts';
import { Script } from '../../redis/scripts.ts';
import { SEEDS_KEPT, seededCode } from '../codes/seeded-codes.ts';
import { KEPT_MS, LEVER_KEYS } from './keys.ts';
import count from './lua/count.lua' with { type: 'text' };
import { Outstanding } from './outstanding.ts';

const COUNT = new Script(count);
const KEYS = [LEVER_KEYS.seeds, LEVER_KEYS.seedsByUse];

/** Keys that are looked at in one step when one user's are sought. */
const STEP = 1_000;

/** Codes that repeat from run to run, whichever replicas are asked for them: how many there have been is in Redis. */
export class SharedSeededCodes implements Pick<CodeSource, 'draw'> {
  readonly #redis: RedisConnection;
  readonly #seed: string;
  readonly #length: number;
  readonly #counts = new Outstanding();

  /** @param length digits of a code, at most 14 */
  constructor(redis: RedisConnection, seed: string, length: number) {
    this.#redis = redis;
    this.#seed = seed;
    this.#length = length;
  }

  async draw(key: OtpKey): Promise<string> {
    const issued = await this.#redis.send('HGET', [LEVER_KEYS.seeds, keyOf(key)]);
    return seededCode(this.#seed, this.#length, key, Number(issued ?? 0));
  }

  /** Counts the codes that there are: a request that is refused changes nothing. */
  hear(event: OtpEvent): void {
    if (event.type !== 'otp.requested') return;
    this.#counts.add(this.#redis.run(COUNT, KEYS, [keyOf(event), `${SEEDS_KEPT}`, `${KEPT_MS}`]));
  }

  /** Resolves when all codes so far are counted. Rejects with a StoreUnavailable if some may not be. */
  counted(): Promise<void> {
    return this.#counts.answered();
  }

  /** Keeps the counts from being forgotten. */
  async keep(): Promise<void> {
    await Promise.all(KEYS.map((key) => this.#redis.send('PEXPIRE', [key, `${KEPT_MS}`])));
  }

  /** Starts again: for one user, or for all. */
  async forget(user?: string): Promise<void> {
    if (user === undefined) return void (await this.#redis.send('DEL', KEYS));
    let cursor = '0';
    do {
      const answer = await this.#redis.send('HSCAN', [LEVER_KEYS.seeds, cursor, 'COUNT', `${STEP}`]);
      const [next, found] = listOf(answer);
      const keys = listOf(found).filter((key, i) => i % 2 === 0 && isOf(user, String(key)));
      if (keys.length > 0)
        await Promise.all([
          this.#redis.send('HDEL', [LEVER_KEYS.seeds, ...keys.map(String)]),
          this.#redis.send('ZREM', [LEVER_KEYS.seedsByUse, ...keys.map(String)]),
        ]);
      cursor = String(next);
    } while (cursor !== '0');
  }
}
