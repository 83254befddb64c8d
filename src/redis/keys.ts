import { createHash, createHmac } from 'node:crypto';
import type { OtpKey } from '../core/store.ts';

/** Over how many parts of a cluster the codes are spread, and no more: a constant, for a code has to be found again. */
export const SHARDS = 16;

/** The keys that all records of a shard share. */
export interface Shard {
  readonly number: number;
  /** What the keys of its records begin with, before their members' names. */
  readonly base: string;
  /** Index of records with a code whose end nobody has noticed, by the time when something in them ends. */
  readonly live: string;
  /** The same of all other records. */
  readonly kept: string;
  /** What moves service time: absent, `+ms` ahead of Redis's clock, or `=ms` for where it stands. */
  readonly clock: string;
  /** The number of the newest code. */
  readonly issued: string;
}

/** Where a shard keeps what is for one user and purpose, and when codes were sent to the user. */
export interface Place {
  readonly shard: Shard;
  readonly member: string;
  readonly sender: string;
}

/**
 * How things are called in Redis.
 *
 * Users and purposes stand there as hashes of one length, so no name that anybody chooses comes near another key. All
 * that belongs to one user is in one shard, whose name in braces is what a cluster goes by: a script's keys are in one
 * slot.
 */
export class Keys {
  readonly shards: readonly Shard[];
  readonly #pepper: string;

  /**
   * @param prefix of all keys, such as `otp:strict:`
   * @param pepper the secret without which nobody finds a code from what is kept of it
   */
  constructor(prefix: string, pepper: string, shards = SHARDS) {
    this.#pepper = pepper;
    this.shards = Array.from({ length: shards }, (_, number) => {
      const base = `${prefix}{${number}}:`;
      return {
        number,
        base,
        live: `${base}live`,
        kept: `${base}kept`,
        clock: `${base}clock`,
        issued: `${base}issued`,
      };
    });
  }

  placeOf({ user, purpose }: OtpKey): Place {
    const digest = digestOf(user);
    const sender = nameOf(digest);
    return { shard: this.#shardOf(digest), sender, member: `${sender}.${nameOf(digestOf(purpose))}` };
  }

  /** The shard that has all that is one user's, and what its members' names begin with there. */
  sender(user: string): { shard: Shard; sender: string } {
    const digest = digestOf(user);
    return { shard: this.#shardOf(digest), sender: nameOf(digest) };
  }

  /** What is kept of a code. Of one that is guessed there is no telling for whom else it would be right. */
  mac({ user, purpose }: OtpKey, code: string): string {
    return createHmac('sha256', this.#pepper).update(`${user}\0${purpose}\0${code}`).digest('base64url');
  }

  #shardOf(digest: Buffer): Shard {
    const shard = this.shards[digest.readUInt32BE(28) % this.shards.length];
    if (shard === undefined) throw new Error('there is no shard');
    return shard;
  }
}

/** The keys that a script on one record names first. */
export function keysOf({ shard, member }: Place): string[] {
  return [`${shard.base}${member}`, shard.live, shard.kept, shard.clock];
}

/** Those that one on any records of a shard names. */
export function sharedOf({ base, live, kept, clock }: Shard): string[] {
  return [base, live, kept, clock];
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** 128 bits of a digest: nobody finds two users with one name in less than 2^64 tries. */
function nameOf(digest: Buffer): string {
  return digest.toString('base64url', 0, 16);
}
