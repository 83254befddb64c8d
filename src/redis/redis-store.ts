import { EXEMPT } from '../core/rules.ts';
import type { Expired, Issued, Judged, NewCode, Otp, OtpKey, Policy, Refused, Store } from '../core/store.ts';
import { TICK_MS } from '../core/wheel.ts';
import type { RedisConnection } from './connection.ts';
import { type Keys, keysOf, type Shard, sharedOf } from './keys.ts';
import { PROBE } from './link.ts';
import { membersOf } from './members.ts';
import { type Argument, counted, endedOf, listOf, otpOf, textOf } from './replies.ts';
import type { Script } from './script.ts';
import { SCRIPTS } from './scripts.ts';

/** Most steps of expiry that one script takes: for about a millisecond Redis serves nobody else meanwhile. */
const BATCH = 100;

/**
 * Codes in Redis, shared by all replicas of the service.
 *
 * Each operation is one script, which Redis runs from start to end with nothing in between. Time is Redis's own, so the
 * replicas' clocks need not agree. Capacity is held by shard: each has its equal part of it, so users can be refused in
 * one while there is room in another.
 */
export class RedisStore implements Store {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #policy: Policy;
  readonly #mostInShard: number;
  /** The shard at which expiry stands. */
  #next = 0;

  constructor(redis: RedisConnection, keys: Keys, policy: Policy) {
    this.#redis = redis;
    this.#keys = keys;
    this.#policy = policy;
    this.#mostInShard = Math.ceil(policy.maxRecords / keys.shards.length);
  }

  async request(wanted: NewCode): Promise<Issued | Refused> {
    const { user, purpose, code, ttlMs, exempt = false } = wanted;
    const { cooldownMs, limit, windowMs } = this.#policy.sends;
    const place = this.#keys.placeOf(wanted);
    const answer = await this.#run(
      SCRIPTS.request,
      [...keysOf(place), place.shard.issued, `${place.shard.base}${place.sender}`],
      place.member,
      place.sender,
      user,
      purpose,
      this.#keys.mac(wanted, code),
      ttlMs,
      exempt,
      cooldownMs,
      limit,
      windowMs,
      this.#mostInShard,
    );
    const [outcome, first, second, fate, serial, expiresAt] = answer;
    switch (outcome) {
      case 'issued': {
        const otp = otpOf(wanted, place.shard, first, second);
        if (fate !== 'replaced' && fate !== 'expired') return { otp };
        return { otp, earlier: { otp: otpOf(wanted, place.shard, serial, expiresAt), fate } };
      }
      case 'capacity':
        return { refused: outcome, waitMs: TICK_MS };
      case 'locked':
      case 'resend_cooldown':
      case 'send_limit':
        return { refused: outcome, waitMs: Number(first) };
      default:
        throw new Error('request.lua has answered what it cannot');
    }
  }

  async verify(key: OtpKey, guess: string, exempt = false): Promise<Judged> {
    const { maxAttempts, lockoutMs, everyGuessCounts } = exempt ? EXEMPT : this.#policy.guesses;
    const place = this.#keys.placeOf(key);
    const [verdict, first, second, third] = await this.#run(
      SCRIPTS.verify,
      keysOf(place),
      place.member,
      key.user,
      key.purpose,
      this.#keys.mac(key, guess),
      maxAttempts,
      lockoutMs,
      everyGuessCounts,
      this.#mostInShard,
    );
    switch (verdict) {
      case 'verified':
        return { verdict, otp: otpOf(key, place.shard, first, second) };
      case 'wrong':
      case 'expired':
        return { verdict, otp: otpOf(key, place.shard, second, third), ...counted(first) };
      case 'none':
        return { verdict, ...counted(first) };
      case 'locked':
        return { verdict, waitMs: Number(first) };
      default:
        throw new Error('verify.lua has answered what it cannot');
    }
  }

  cancel(key: OtpKey): Promise<Otp | undefined> {
    return this.#end(SCRIPTS.cancel, key);
  }

  expireNow(key: OtpKey): Promise<Otp | undefined> {
    return this.#end(SCRIPTS.expireNow, key);
  }

  async forget(user?: string): Promise<void> {
    const { shard, sender } = user === undefined ? {} : this.#keys.sender(user);
    const shards = shard === undefined ? this.#keys.shards : [shard];
    const newest = await Promise.all(shards.map(({ issued }) => this.#redis.send('GET', [issued])));
    const forgetIn = async (shard: Shard, i: number) => {
      for (const index of [shard.live, shard.kept])
        for await (const members of membersOf(this.#redis, index, `${sender ?? ''}*`))
          await this.#run(SCRIPTS.forget, sharedOf(shard), Number(newest[i]), ...members);
    };
    await Promise.all(shards.map(forgetIn));
  }

  /** Goes over the shards; what one has ended is handed out before the next is asked, so that it is announced at once. */
  async expire(limit: number): Promise<Expired> {
    try {
      for (let shard = this.#nextShard; shard !== undefined; shard = this.#nextShard) {
        const [more, ended] = await this.#run(SCRIPTS.expire, sharedOf(shard), Math.min(limit, BATCH));
        if (more !== 1) this.#next++;
        const expired = listOf(ended).map((one) => endedOf(shard, listOf(one)));
        if (more === 1 || expired.length > 0) return { expired, more: true };
      }
      this.#next = 0;
      return { expired: [], more: false };
    } catch (error) {
      this.#next = 0;
      throw error;
    }
  }

  async live(): Promise<number> {
    const counts = await Promise.all(this.#keys.shards.map(({ live }) => this.#redis.send('ZCARD', [live])));
    return counts.reduce<number>((sum, count) => sum + Number(count), 0);
  }

  async ready(): Promise<boolean> {
    return this.#redis.run(PROBE, [], []).then(
      () => true,
      () => false,
    );
  }

  get #nextShard(): Shard | undefined {
    return this.#keys.shards[this.#next];
  }

  async #end(script: Script, key: OtpKey): Promise<Otp | undefined> {
    const place = this.#keys.placeOf(key);
    const [outcome, serial, expiresAt] = await this.#run(script, keysOf(place), place.member);
    return outcome === 'none' ? undefined : otpOf(key, place.shard, serial, expiresAt);
  }

  async #run(script: Script, keys: readonly string[], ...args: Argument[]): Promise<readonly unknown[]> {
    return listOf(await this.#redis.run(script, keys, args.map(textOf)));
  }
}
