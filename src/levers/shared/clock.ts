import type { RedisConnection } from '../../redis/connection.ts';
import { listOf } from '../../redis/replies.ts';
import { Script } from '../../redis/scripts.ts';
import type { MovableClock } from '../clock/movable-clock.ts';
import { FURTHEST_MS, LATEST, type Move } from '../clock/move.ts';
import { KEPT_MS } from './keys.ts';
import move from './lua/move.lua' with { type: 'text' };

const MOVE = new Script(move);

/** What moves service time when nothing does. */
const REAL_TIME = '+0';

/**
 * Service time of all replicas. What moves it stands in Redis, where the store judges by it; each replica's own clock
 * follows.
 */
export class SharedClock {
  readonly #redis: RedisConnection;
  readonly #keys: readonly string[];
  readonly #clock: MovableClock;
  #known = REAL_TIME;

  /** @param keys of what moves the store's time: one a shard, all the same */
  constructor(redis: RedisConnection, keys: readonly string[], clock: MovableClock) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
  }

  /** Moves service time. @returns false, and nothing is moved, if service time cannot go there */
  async take(move: Move): Promise<boolean> {
    const args = [...wordsOf(move), FURTHEST_MS, LATEST, KEPT_MS].map(String);
    const [moved, moves] = listOf(await this.#redis.run(MOVE, this.#keys, args));
    this.#adopt(String(moves));
    return moved === 1;
  }

  /** Back to real time: here at once, for the others as soon as Redis has it. */
  async reset(): Promise<void> {
    this.#adopt(REAL_TIME);
    await this.take({ reset: true });
  }

  /** Follows what others have moved. */
  async renew(): Promise<void> {
    this.#adopt(String((await this.#redis.send('GET', this.#keys.slice(0, 1))) ?? REAL_TIME));
  }

  /** Keeps it from being forgotten. */
  async keep(): Promise<void> {
    await Promise.all(this.#keys.map((key) => this.#redis.send('PEXPIRE', [key, `${KEPT_MS}`])));
  }

  /** @param moves `+ms` for how far service time is ahead of real time, `=ms` for where it stands */
  #adopt(moves: string): void {
    if (moves === this.#known) return;
    this.#known = moves;
    const ms = Number(moves.slice(1));
    this.#clock.adopt(moves.startsWith('=') ? { standsAt: ms } : { ahead: ms });
  }
}

/** A move as the script reads it: what to do, and by how much. */
function wordsOf(move: Move): [string, number] {
  if ('advance' in move) return ['advance', move.advance];
  if ('set' in move) return ['set', move.set];
  if ('freeze' in move) return [move.freeze ? 'stand' : 'flow', 0];
  return ['reset', 0];
}
