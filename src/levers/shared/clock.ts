import type { RedisConnection } from '../../redis/connection.ts';
import type { Keys } from '../../redis/keys.ts';
import { listOf } from '../../redis/replies.ts';
import { Script } from '../../redis/scripts.ts';
import { FURTHEST_MS, LATEST, type MovableClock, type Move } from '../clock/movable-clock.ts';
import { KEPT_MS } from './keys.ts';
import move from './lua/move.lua' with { type: 'text' };

const MOVE = new Script(move);

/** Service time of all replicas. Redis keeps its position, by which the store judges. Each replica's clock follows. */
export class SharedClock {
  /** One for each shard, all with the same position. */
  readonly keys: readonly string[];
  readonly #redis: RedisConnection;
  readonly #clock: MovableClock;

  constructor(redis: RedisConnection, { shards }: Keys, clock: MovableClock) {
    this.keys = shards.map((shard) => shard.clock);
    this.#redis = redis;
    this.#clock = clock;
  }

  /** Moves service time. @returns false, and moves nothing, if service time can't go there */
  async move(move: Move): Promise<boolean> {
    // At the call: a reset is announced in real time.
    if ('reset' in move) this.#clock.move(move);
    const args = [JSON.stringify(move), `${FURTHEST_MS}`, `${LATEST}`, `${KEPT_MS}`];
    const [moved, position] = listOf(await this.#redis.run(MOVE, this.keys, args));
    this.#follow(position);
    return moved === 1;
  }

  /** Follows the moves of other replicas. */
  async renew(): Promise<void> {
    this.#follow(await this.#redis.send('GET', this.keys.slice(0, 1)));
  }

  /** @param position `+ms` if service time is that far ahead of real time, `=ms` if it is frozen there, null by default */
  #follow(position: unknown): void {
    const text = String(position ?? '+0');
    const ms = Number(text.slice(1));
    this.#clock.adopt(text.startsWith('=') ? { frozenAt: ms } : { ahead: ms });
  }
}
