import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { Script } from '../../redis/scripts.ts';
import { LEVER_KEYS } from './keys.ts';
import keepTurn from './lua/keep-turn.lua' with { type: 'text' };
import takeTurn from './lua/take-turn.lua' with { type: 'text' };

/** Codes end in turns, and have to end also where Redis has no memory left. */
const ending = { flags: 'allow-oom' };
const TAKE_TURN = new Script(takeTurn, ending);
const KEEP_TURN = new Script(keepTurn, ending);

/** How long a turn lasts unless it is prolonged, in milliseconds: so long others wait for one that died in the midst of it. */
const TURN_MS = 1_000;

/** From one look whether the turn is free to the next. */
const LOOK_MS = 10;

/**
 * Work that only one replica does at a time: to end codes, to move the clock, to reset. So a move waits for codes that
 * are being ended, on whatever replica, and counts its own. Nothing is wrong if two should work at once after all,
 * since one stood still for longer than its turn: only such a count.
 */
export class Turns {
  readonly #redis: RedisConnection;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  /** @param signal aborts when the service stops: nobody waits for a turn then */
  constructor(redis: RedisConnection, clock: Clock, signal: AbortSignal) {
    this.#redis = redis;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Does some work in a turn of its own. Rejects with a StoreUnavailable if there is none to be had. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const token = randomUUID();
    await this.#take(token);
    const done = new AbortController();
    this.#prolong(token, AbortSignal.any([done.signal, this.#signal]));
    try {
      return await work();
    } finally {
      done.abort();
      // One that is not given back ends by itself.
      await this.#keep(token, 0);
    }
  }

  async #take(token: string): Promise<void> {
    const take = () => this.#redis.run(TAKE_TURN, [LEVER_KEYS.turn], [token, `${TURN_MS}`]);
    while (!this.#signal.aborted && (await take()) !== 1) await this.#clock.sleep(LOOK_MS, this.#signal);
  }

  async #prolong(token: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(TURN_MS / 4, signal);
      if (signal.aborted) return;
      await this.#keep(token, TURN_MS);
    }
  }

  async #keep(token: string, ms: number): Promise<void> {
    await this.#redis.run(KEEP_TURN, [LEVER_KEYS.turn], [token, `${ms}`]).catch(() => {});
  }
}
