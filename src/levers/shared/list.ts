import type { Redis } from '../../redis/redis.ts';
import { listOf } from '../../redis/replies.ts';
import { Script } from '../../redis/scripts.ts';
import type { List } from '../list/list.ts';
import { KEPT_MS, listKey } from './keys.ts';
import use from './lua/use.lua' with { type: 'text' };

const USE = new Script(use);

/** A list of all replicas. It is in Redis, and read from a copy here, which `renew` brings up to date. */
export class SharedList<T> implements List<T> {
  readonly key: string;
  readonly #redis: Redis;
  entries: readonly T[] = [];
  #uses: Readonly<Record<string, number>> = {};
  /** The entries as Redis has them. */
  #text = '';

  constructor(redis: Redis, name: string) {
    this.#redis = redis;
    this.key = listKey(name);
  }

  async set(entries: readonly T[]): Promise<void> {
    const changed = this.#redis.send('HSET', [this.key, 'entries', JSON.stringify(entries), 'uses', '{}']);
    await Promise.all([changed, this.#redis.send('PEXPIRE', [this.key, `${KEPT_MS}`])]);
  }

  usesOf(entry: T): number {
    return this.#uses[this.entries.indexOf(entry)] ?? 0;
  }

  async use(entry: T, most: number): Promise<boolean> {
    const place = this.entries.indexOf(entry);
    const args = [this.#text, `${place}`, `${most}`];
    return place >= 0 && (await this.#redis.run(USE, [this.key], args)) === 1;
  }

  async renew(): Promise<void> {
    const reply = listOf(await this.#redis.send('HMGET', [this.key, 'entries', 'uses']));
    const [text = '', uses = ''] = reply.map((field) => `${field ?? ''}`);
    if (text !== this.#text) this.entries = JSON.parse(text || '[]');
    this.#text = text;
    this.#uses = JSON.parse(uses || '{}');
  }
}
