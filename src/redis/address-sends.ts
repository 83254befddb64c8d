import { limitsSends } from '../core/rules.ts';
import { type NewCode, type Policy, type Refused, StoreUnavailable } from '../core/store.ts';
import { type Keys, scriptKeys } from './keys.ts';
import type { Redis } from './redis.ts';
import { listOf, refusedOf } from './replies.ts';
import { SCRIPTS } from './scripts.ts';

/** The send to its address that a request has taken, or why it has taken none. */
export interface AddressSend {
  readonly refused?: Refused;
  /** Gives the send back, because nothing is sent. */
  giveBack(): Promise<void>;
}

/**
 * Limits on sends to one address, where it is not the user's name. An address may be in another shard than the user, and
 * no script spans two shards. So a request takes a send to the address first, and gives it back if it sends nothing. In
 * between another request to that address may be refused. A request that dies in between leaves the send counted.
 */
export class AddressSends {
  readonly #redis: Redis;
  readonly #keys: Keys;
  readonly #policy: Policy;

  /** @param policy with the records that one shard has room for */
  constructor(redis: Redis, keys: Keys, policy: Policy) {
    this.#redis = redis;
    this.#keys = keys;
    this.#policy = policy;
  }

  /** Takes a send to the address of a code; undefined if no limit holds for it. */
  async take({ user, address = user, exempt = false, own }: NewCode): Promise<AddressSend | undefined> {
    const { sends, maxRecords, maxCounts } = this.#policy;
    if (address === user || exempt || own !== undefined || !limitsSends(sends)) return undefined;
    const { shard, sender } = this.#keys.ofUser(address);
    const keys = [...scriptKeys(shard), `${shard.base}${sender}`];
    const args = [sender, sends.cooldownMs, sends.limit, sends.windowMs, maxRecords, maxCounts].map(String);
    const answer = await this.#redis.run(SCRIPTS.send, keys, args);
    const [outcome, ms] = listOf(answer);
    if (outcome !== 'taken') return { refused: refusedOf(outcome, ms), giveBack: async () => {} };
    return { giveBack: () => this.#giveBack(keys, [sender, String(ms)]) };
  }

  /** The request's answer stands, also if the store is away by now: then the send stays counted. */
  async #giveBack(keys: string[], args: string[]): Promise<void> {
    try {
      await this.#redis.run(SCRIPTS.giveBack, keys, args);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }
}
