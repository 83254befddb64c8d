import type { RedisConnection } from '../../redis/connection.ts';
import { listOf } from '../../redis/replies.ts';
import { Script } from '../../redis/scripts.ts';
import type { MovableClock } from '../clock/movable-clock.ts';
import { FURTHEST_MS, LATEST, type Move } from '../clock/move.ts';
import { KEPT_MS } from './keys.ts';
import move from './lua/move.lua' with { type: 'text' };

const MOVE = new Script(move);

/** The position of service time that nothing has moved. */
const REAL_TIME = '+0';

/** Service time of all replicas. Redis keeps its position, by which the store judges. Each replica's clock follows. */
export class SharedClock {
  readonly #redis: RedisConnection;
  readonly #keys: readonly string[];
  readonly #clock: MovableClock;
  #known = REAL_TIME;

  /** @param keys of the position: one for each shard, all with the same value */
  constructor(redis: RedisConnection, keys: readonly string[], clock: MovableClock) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
  }

  /** Moves service time. @returns false, and moves nothing, if service time can't go there */
  async move(move: Move): Promise<boolean> {
    // At the call: a reset is announced in real time.
    if ('reset' in move) this.#adopt(REAL_TIME);
    const args = [...wordsOf(move), FURTHEST_MS, LATEST, KEPT_MS].map(String);
    const [moved, position] = listOf(await this.#redis.run(MOVE, this.#keys, args));
    this.#adopt(String(position));
    return moved === 1;
  }

  /** Follows the moves of other replicas. */
  async renew(): Promise<void> {
    this.#adopt(String((await this.#redis.send('GET', this.#keys.slice(0, 1))) ?? REAL_TIME));
  }

  /** @param position `+ms` if service time is that far ahead of real time, `=ms` if it is frozen there */
  #adopt(position: string): void {
    if (position === this.#known) return;
    this.#known = position;
    const ms = Number(position.slice(1));
    this.#clock.adopt(position.startsWith('=') ? { frozenAt: ms } : { ahead: ms });
  }
}

/** A move as the script reads it: its kind and an amount. */
function wordsOf(move: Move): [string, number] {
  if ('advance' in move) return ['advance', move.advance];
  if ('set' in move) return ['set', move.set];
  if ('freeze' in move) return [move.freeze ? 'freeze' : 'flow', 0];
  return ['reset', 0];
}
