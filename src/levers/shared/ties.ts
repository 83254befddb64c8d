import type { Clock } from '../../core/clock.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import type { Keys } from '../../redis/keys.ts';
import { Journal } from './journal.ts';
import { Turns } from './turns.ts';

export interface TiesParts {
  readonly connection: RedisConnection;
  readonly keys: Keys;
  readonly clock: Clock;
  /** Aborts when the service stops. */
  readonly signal: AbortSignal;
}

/** What ties a replica to the others: what they tell each other, and that they take turns. */
export class Ties {
  readonly redis: RedisConnection;
  /** The keys of what moves the store's time, one a shard. */
  readonly clockKeys: readonly string[];
  readonly journal: Journal;
  readonly #turns: Turns;

  constructor({ connection, keys, clock, signal }: TiesParts) {
    this.redis = connection;
    this.clockKeys = keys.shards.map((shard) => shard.clock);
    this.journal = new Journal(connection);
    this.#turns = new Turns(connection, clock, signal);
  }

  /** Does some work while no other replica does any, and has all know of what was told meanwhile. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.alone(() => this.journal.toldBy(work));
  }
}
