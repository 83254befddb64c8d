import type { Keys } from '../../redis/keys.ts';
import type { Redis } from '../../redis/redis.ts';
import { listOf } from '../../redis/replies.ts';
import { Script } from '../../redis/scripts.ts';
import {
  type ClockState,
  FURTHEST_MS,
  LATEST,
  type MovableClock,
  type Move,
} from '../clock/movable-clock.ts';
import { KEPT_MS, KEYS } from './keys.ts';
import copy from './lua/copy.lua' with { type: 'text' };
import move from './lua/move.lua' with { type: 'text' };

const MOVE = new Script(move);
const COPY = new Script(copy);

/** Of service time that was never moved. */
const UNMOVED = '0 +0';

/**
 * Service time of all replicas. Redis keeps its position, and each shard a copy, by which the store judges. Each
 * replica's clock follows.
 */
export class SharedClock {
  readonly #redis: Redis;
  readonly #shards: Keys['shards'];
  readonly #clock: MovableClock;
  /** The latest position that this replica knows, and the latest that it gave to all shards: see move.lua. */
  #latest = UNMOVED;
  #copied = UNMOVED;

  constructor(redis: Redis, { shards }: Keys, clock: MovableClock) {
    this.#redis = redis;
    this.#shards = shards;
    this.#clock = clock;
  }

  /** Moves service time. @returns the clock as this move leaves it; undefined, and moves nothing, if it can't go there */
  async move(move: Move): Promise<ClockState | undefined> {
    // At the call: a reset is announced in real time.
    if ('reset' in move) this.#clock.move(move);
    const args = [JSON.stringify(move), `${FURTHEST_MS}`, `${LATEST}`, `${KEPT_MS}`];
    const [moved, latest] = listOf(await this.#redis.run(MOVE, [KEYS.clock], args));
    this.#follow(latest);
    // Before the copy, during which this clock may follow a later move.
    const { state } = this.#clock;
    await this.copy();
    return moved === 1 ? state : undefined;
  }

  /** Follows the moves of other replicas. */
  async renew(): Promise<void> {
    this.#follow(await this.#redis.send('GET', [KEYS.clock]));
  }

  /** Whether a shard may have missed a move, because it or the replica that made the move was away. */
  get mayBeBehind(): boolean {
    return this.#copied !== this.#latest;
  }

  /** Gives all shards the latest position, and keeps it there for longer. */
  async copy(): Promise<void> {
    const latest = this.#latest;
    const args = [...latest.split(' '), `${KEPT_MS}`];
    await Promise.all(this.#shards.map(({ clock, moved }) => this.#redis.run(COPY, [clock, moved], args)));
    this.#copied = latest;
  }

  #follow(latest: unknown): void {
    this.#latest = String(latest ?? UNMOVED);
    const [, position = ''] = this.#latest.split(' ');
    const ms = Number(position.slice(1));
    this.#clock.adopt(position.startsWith('=') ? { frozenAt: ms } : { ahead: ms });
  }
}
