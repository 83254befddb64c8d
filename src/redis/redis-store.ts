import { EXEMPT } from '../core/rules.ts';
import {
  type Expired,
  type Found,
  type Issued,
  type Judged,
  type NewCode,
  type Otp,
  type OtpKey,
  type Policy,
  type Refused,
  type Store,
  StoreUnavailable,
} from '../core/store.ts';
import { AddressSends } from './address-sends.ts';
import { type Keys, type Shard, scriptKeys } from './keys.ts';
import type { Redis } from './redis.ts';
import { countedOf, expiredOtpOf, listOf, otpOf, refusedOf } from './replies.ts';
import { SCRIPTS, type Script } from './scripts.ts';

/** Most records that one run of a script takes: about 1 ms, during which Redis serves no other client. */
const BATCH = 100;

/**
 * Codes in Redis, shared by all replicas of the service.
 *
 * Each operation is one script, which Redis runs without interruption. Time is Redis's own, so the replicas' clocks
 * need not agree. Each shard has an equal part of the capacity, so a user in a full shard can be refused while others
 * have room.
 */
export class RedisStore implements Store {
  readonly #redis: Redis;
  readonly #keys: Keys;
  /** The limits, with the records and counts that one shard has room for. */
  readonly #policy: Policy;
  readonly #addressSends: AddressSends;
  readonly #keepsDigits: boolean;
  /** The shard that `expire` goes on with. */
  #nextShard = 0;
  /** What this pass of `expire` met in shards that are away. */
  #failure: StoreUnavailable | undefined;
  #unavailable: readonly number[] = [];

  /** @param keepsDigits whether a code can be sent again: otherwise its digits are nowhere, and a new one replaces it */
  constructor(redis: Redis, keys: Keys, policy: Policy, keepsDigits: boolean) {
    this.#redis = redis;
    this.#keepsDigits = keepsDigits;
    this.#keys = keys;
    this.#policy = {
      ...policy,
      maxRecords: Math.ceil(policy.maxRecords / keys.shards.length),
      maxCounts: Math.ceil(policy.maxCounts / keys.shards.length),
    };
    this.#addressSends = new AddressSends(redis, keys, this.#policy);
  }

  async request(wanted: NewCode): Promise<Issued | Found | Refused> {
    const send = await this.#addressSends.take(wanted);
    const answer = await this.#request(wanted, send?.refused);
    const sendsNothing = 'refused' in answer || ('resent' in answer && !answer.resent);
    if (sendsNothing) await send?.giveBack();
    return answer;
  }

  /** @param byAddress why its address takes no send: it is refused if nothing that is judged before refuses it */
  async #request(wanted: NewCode, byAddress?: Refused): Promise<Issued | Found | Refused> {
    const { user, purpose, code, ttlMs, exempt = false, own, whenLive = '', serial: number = '' } = wanted;
    const { cooldownMs, limit, windowMs } = this.#policy.sends;
    const { shard, sender, member } = this.#keys.ofRecord(wanted);
    const [outcome, first, second, ...more] = await this.#run(
      SCRIPTS.request,
      [...scriptKeys(shard, member), shard.issued, `${shard.base}${sender}`],
      member,
      sender,
      user,
      purpose,
      this.#keys.mac(wanted, code),
      ttlMs,
      Number(exempt),
      cooldownMs,
      limit,
      windowMs,
      this.#policy.maxRecords,
      Number(this.#policy.guesses.maxAttempts > 0),
      whenLive,
      this.#keepsDigits ? code : '',
      own?.checks ?? '',
      own?.resends ?? '',
      this.#policy.maxCounts,
      number,
      byAddress?.refused ?? '',
      byAddress?.waitMs ?? '',
    );
    switch (outcome) {
      case 'found': {
        const [digits, resent, leftMs, checks, resends] = more;
        return {
          otp: otpOf(wanted, shard, first, second),
          code: String(digits),
          resent: resent === 1,
          leftMs: Number(leftMs),
          own: resends === -1 ? undefined : { checks: Number(checks), resends: Number(resends) },
        };
      }
      case 'issued': {
        const [fate, serial, expiresAt] = more;
        const otp = otpOf(wanted, shard, first, second);
        if (fate !== 'replaced' && fate !== 'expired') return { otp };
        return { otp, earlier: { otp: otpOf(wanted, shard, serial, expiresAt), fate } };
      }
      default:
        return refusedOf(outcome, first);
    }
  }

  async verify(key: OtpKey, guess: string, exempt = false): Promise<Judged> {
    const { maxAttempts, lockoutMs, everyGuessCounts } = exempt ? EXEMPT : this.#policy.guesses;
    const { shard, member } = this.#keys.ofRecord(key);
    const [verdict, first, second, third, checksLeft] = await this.#run(
      SCRIPTS.verify,
      scriptKeys(shard, member),
      member,
      key.user,
      key.purpose,
      this.#keys.mac(key, guess),
      maxAttempts,
      lockoutMs,
      Number(everyGuessCounts),
      this.#policy.maxCounts,
      this.#keys.previousMac(key, guess),
    );
    // Also for a user without a code: the time that a guess takes must not tell.
    const otp = otpOf(key, shard, second, third);
    switch (verdict) {
      case 'verified':
        return { verdict, otp: otpOf(key, shard, first, second) };
      case 'wrong':
      case 'expired': {
        if (checksLeft !== undefined) return { verdict, otp, checksLeft: Number(checksLeft) };
        return { verdict, otp, ...countedOf(first) };
      }
      case 'none':
        return { verdict, ...countedOf(first) };
      case 'locked':
        return {
          verdict,
          waitMs: Number(first),
          ...(second !== undefined && { otp: otpOf(key, shard, second, third) }),
        };
      default:
        throw new Error(`verify.lua has no such verdict: ${verdict}`);
    }
  }

  cancel(key: OtpKey): Promise<Otp | undefined> {
    return this.#end(key, 'cancelled');
  }

  expireNow(key: OtpKey): Promise<Otp | undefined> {
    return this.#end(key, 'expired');
  }

  async forget(user?: string): Promise<void> {
    const one = user === undefined ? undefined : this.#keys.ofUser(user);
    const shards = one === undefined ? this.#keys.shards : [one.shard];
    const forgetIn = async (shard: Shard) => {
      const newest = Number(await this.#redis.send('GET', [shard.issued]));
      for (const index of [shard.live, shard.kept, shard.counts])
        for await (const members of this.#members(index, `${one?.sender ?? ''}*`))
          await this.#run(SCRIPTS.forget, scriptKeys(shard), newest, ...members);
    };
    await Promise.all(shards.map(forgetIn));
  }

  /**
   * Goes over the shards, as far as the first that has something due. What that one expires is announced before the
   * next is asked: a replica that dies in between loses the announcements of one script at most. The last call of a
   * pass fails if a shard was away; the others' codes have expired by then.
   */
  async expire(limit: number): Promise<Expired> {
    const from = this.#nextShard;
    // Also where this call fails: the next pass must not begin in the middle.
    this.#nextShard = 0;
    for (const shard of this.#keys.shards.slice(from)) {
      const [more, expired] = await this.#expireIn(shard, Math.min(limit, BATCH));
      if (!more && expired.length === 0) continue;
      this.#nextShard = more ? shard.number : shard.number + 1;
      return { expired, more: true };
    }
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
    return { expired: [], more: false };
  }

  /** @returns whether the shard has more, and what expired: nothing if the shard is away */
  async #expireIn(shard: Shard, limit: number): Promise<[more: boolean, expired: Otp[]]> {
    try {
      const [more, reported] = await this.#run(
        SCRIPTS.expire,
        scriptKeys(shard),
        limit,
        this.#policy.maxCounts,
      );
      return [more === 1, listOf(reported).map((one) => expiredOtpOf(shard, listOf(one)))];
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#failure = error;
      return [false, []];
    }
  }

  async live(): Promise<number> {
    const counts = await Promise.all(this.#keys.shards.map(({ live }) => this.#redis.send('ZCARD', [live])));
    return counts.reduce<number>((sum, count) => sum + Number(count), 0);
  }

  /** Whether most shards take every step. */
  async ready(): Promise<boolean> {
    const probe = (shard: Shard) =>
      this.#redis.run(SCRIPTS.probe, scriptKeys(shard), []).then(
        () => [],
        () => [shard.number],
      );
    this.#unavailable = (await Promise.all(this.#keys.shards.map(probe))).flat();
    return this.#unavailable.length * 2 < this.#keys.shards.length;
  }

  /** The numbers of the shards that did not take every step when `ready` last looked. */
  get shardsUnavailable(): readonly number[] {
    return this.#unavailable;
  }

  async #end(key: OtpKey, how: 'cancelled' | 'expired'): Promise<Otp | undefined> {
    const { shard, member } = this.#keys.ofRecord(key);
    const args = [member, how, this.#policy.maxCounts];
    const [outcome, serial, expiresAt] = await this.#run(SCRIPTS.end, scriptKeys(shard, member), ...args);
    return outcome === 'none' ? undefined : otpOf(key, shard, serial, expiresAt);
  }

  /**
   * The members of an index whose names match a pattern, in batches. Members present for the whole scan are guaranteed
   * to appear; others may.
   */
  async *#members(index: string, pattern: string): AsyncGenerator<string[]> {
    let cursor = '0';
    do {
      const reply = await this.#redis.send('ZSCAN', [index, cursor, 'MATCH', pattern, 'COUNT', `${BATCH}`]);
      const [next, found] = listOf(reply);
      // Each member is followed by its score.
      const members = listOf(found).filter((_, i) => i % 2 === 0);
      if (members.length > 0) yield members.map(String);
      cursor = String(next);
    } while (cursor !== '0');
  }

  async #run(
    script: Script,
    keys: readonly string[],
    ...args: (string | number)[]
  ): Promise<readonly unknown[]> {
    return listOf(await this.#redis.run(script, keys, args.map(String)));
  }
}
