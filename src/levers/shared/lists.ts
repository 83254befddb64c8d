import { randomUUID } from 'node:crypto';
import type { RedisConnection } from '../../redis/connection.ts';
import { listOf } from '../../redis/replies.ts';
import { Script } from '../../redis/scripts.ts';
import type { FixedCode } from '../codes/fixed-codes.ts';
import type { Fault } from '../faults/faults.ts';
import { KEPT_MS, LEVER_KEYS } from './keys.ts';
import set from './lua/set.lua' with { type: 'text' };
import strike from './lua/strike.lua' with { type: 'text' };

const SET = new Script(set);
const STRIKE = new Script(strike);
const KEYS = [LEVER_KEYS.lists, LEVER_KEYS.struck];

/** The lists as one version has them. */
export interface TestLists {
  readonly codes: readonly FixedCode[];
  /** As they were set: none has struck yet. */
  readonly faults: readonly Fault[];
  /** How often each has struck so far, by its place in the list; and all together, as `all`. */
  readonly struck: ReadonlyMap<string, number>;
}

const NONE: TestLists = { codes: [], faults: [], struck: new Map() };

/** The lists that tests leave, fixed codes and faults, for all replicas: in Redis, with a copy here that is renewed. */
export class SharedLists {
  readonly #redis: RedisConnection;
  readonly #onChange: (lists: TestLists) => void;
  /** The version of the copy, and how often its faults had struck. */
  #known = '';
  #version = '';
  #lists = NONE;

  /** @param onChange told of the lists whenever they are others than before */
  constructor(redis: RedisConnection, onChange: (lists: TestLists) => void) {
    this.#redis = redis;
    this.#onChange = onChange;
  }

  /** As they were when they were renewed last. */
  get current(): TestLists {
    return this.#lists;
  }

  /** Renews the copy, if the lists have changed. */
  async renew(): Promise<void> {
    const [version, struck] = await Promise.all([
      this.#redis.send('HGET', [LEVER_KEYS.lists, 'version']),
      this.#redis.send('HGET', [LEVER_KEYS.struck, 'all']),
    ]);
    if (`${version} ${struck}` !== this.#known) await this.#load();
  }

  setCodes(list: readonly FixedCode[]): Promise<void> {
    return this.#set('codes', list);
  }

  setFaults(list: readonly Fault[]): Promise<void> {
    return this.#set('faults', list);
  }

  /**
   * Asks for a fault to strike that has a number of times, by its place in the list.
   *
   * @param strikes false to ask only whether it could
   * @returns `changed` if the list here is not the one that stands any more
   */
  async strike(place: number, times: number, strikes: boolean): Promise<'there' | 'used up' | 'changed'> {
    const args = [this.#version, `${place}`, `${times}`, strikes ? '1' : '0', `${KEPT_MS}`];
    const answer = await this.#redis.run(STRIKE, KEYS, args);
    return answer === 'there' || answer === 'used up' ? answer : 'changed';
  }

  async forget(): Promise<void> {
    await this.#redis.send('DEL', KEYS);
  }

  /** Keeps them from being forgotten. */
  async keep(): Promise<void> {
    await Promise.all(KEYS.map((key) => this.#redis.send('PEXPIRE', [key, `${KEPT_MS}`])));
  }

  async #set(name: 'codes' | 'faults', list: readonly object[]): Promise<void> {
    await this.#redis.run(SET, KEYS, [name, JSON.stringify(list), randomUUID(), `${KEPT_MS}`]);
  }

  async #load(): Promise<void> {
    const [kept, counts] = await Promise.all([
      this.#redis.send('HMGET', [LEVER_KEYS.lists, 'version', 'codes', 'faults']),
      this.#redis.send('HGETALL', [LEVER_KEYS.struck]),
    ]);
    const [version, codes, faults] = listOf(kept);
    const struck = new Map(Object.entries(Object(counts)).map(([place, count]) => [place, Number(count)]));
    this.#lists = { codes: parse(codes), faults: parse(faults), struck };
    this.#version = String(version);
    this.#known = `${version} ${struck.get('all') ?? null}`;
    this.#onChange(this.#lists);
  }
}

function parse<T>(list: unknown): readonly T[] {
  return typeof list === 'string' ? JSON.parse(list) : [];
}
