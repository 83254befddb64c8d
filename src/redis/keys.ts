import { createHash, createHmac } from 'node:crypto';
import type { OtpKey } from '../core/store.ts';
import { SLOTS, slotOf } from './slots.ts';

/** The keys that all records of a shard share. */
export type Shard = ReturnType<typeof shardOf>;

function shardOf(prefix: string, tag: number, number: number) {
  const base = `${prefix}{${tag}}:`;
  return {
    number,
    /** Prefix of its records' keys, before the member's name. */
    base,
    /** Index of the records with a code whose end is not noticed yet, by the time when something in them ends. */
    live: `${base}live`,
    /** The same index of records with a code whose end is noticed, and of lists of sends. */
    kept: `${base}kept`,
    /** The same index of counts of wrong codes without a code. */
    counts: `${base}counts`,
    /** What moves service time: absent, `+ms` ahead of Redis's clock, or `=ms` where it stands still. */
    clock: `${base}clock`,
    /** The number of the move that set it. */
    moved: `${base}moved`,
    /** The number of the newest code. */
    issued: `${base}issued`,
  } as const;
}

/**
 * The names of things in Redis.
 *
 * Users and purposes appear in keys as hashes of one length, so no name that a client chooses can collide with another
 * key. Everything of one user is in one shard. A cluster maps a key to its slot by the part in braces, the shard's
 * tag, so all keys of one script are in one slot. Each shard has its own equal part of the slots, so primaries with
 * equally many slots have equally many shards.
 */
export class Keys {
  readonly shards: readonly Shard[];
  /** What all replicas of the store have in common: see begun.ts. */
  readonly begun: string;
  readonly #pepper: string;
  readonly #previous: string;

  /**
   * @param prefix of all keys, such as `otp:strict:`
   * @param pepper secret of the codes' HMACs: without it, a stored code cannot be found by trying them all
   * @param shards how many. With another number no stored code would be found
   * @param previous another pepper under which codes may be stored; "" for none
   */
  constructor(prefix: string, pepper: string, shards: number, previous = '') {
    this.#pepper = pepper;
    this.#previous = previous;
    this.begun = `${prefix}begun`;
    this.shards = tagsOf(shards).map((tag, number) => shardOf(prefix, tag, number));
  }

  /** Where everything of one user is. `sender` names the list of sends, and is the first half of each record's name. */
  ofUser(user: string) {
    const digest = digestOf(user);
    const shard = this.shards[digest.readUInt32BE(28) % this.shards.length];
    if (shard === undefined) throw new Error('there is no shard');
    return { shard, sender: nameOf(digest) };
  }

  /** Where the record of one user and one purpose is. `member` is its name in the index. */
  ofRecord({ user, purpose }: OtpKey) {
    const { shard, sender } = this.ofUser(user);
    return { shard, sender, member: `${sender}.${nameOf(digestOf(purpose))}` };
  }

  /** What is stored of a code. It differs between users and purposes, so equal codes cannot be recognised. */
  mac(key: OtpKey, code: string): string {
    return macOf(this.#pepper, key, code);
  }

  /** The same under the previous pepper. Without such a pepper "", which no stored code equals. */
  previousMac(key: OtpKey, code: string): string {
    return this.#previous === '' ? '' : macOf(this.#previous, key, code);
  }
}

function macOf(pepper: string, { user, purpose }: OtpKey, code: string): string {
  return createHmac('sha256', pepper).update(`${user}\0${purpose}\0${code}`).digest('base64url');
}

/** The least tag for each equal part of the slots. */
function tagsOf(parts: number): number[] {
  const tags = new Map<number, number>();
  for (let tag = 0; tags.size < parts; tag++) {
    const part = Math.floor((slotOf(`${tag}`) * parts) / SLOTS);
    if (!tags.has(part)) tags.set(part, tag);
  }
  return Array.from({ length: parts }, (_, part) => tags.get(part) ?? 0);
}

/** The keys that a script takes first: with a member those of its record, otherwise those of any record in the shard. */
export function scriptKeys({ base, live, kept, counts, clock }: Shard, member = ''): string[] {
  return [`${base}${member}`, live, kept, counts, clock];
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** 128 bits of a digest: finding two users with one name takes about 2^64 tries. */
function nameOf(digest: Buffer): string {
  return digest.toString('base64url', 0, 16);
}
