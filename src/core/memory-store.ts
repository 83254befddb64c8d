import type { Clock } from './clock.ts';
import { Records } from './records.ts';
import {
  afterEnds,
  afterResend,
  afterSend,
  attemptsLeft,
  type Code,
  digitsOf,
  EXEMPT,
  enterGrace,
  fateOfEarlier,
  judge,
  type Kept,
  limitsSends,
  lockedUntil,
  numberOf,
  phaseOf,
  refusesResend,
  throttle,
} from './rules.ts';
import {
  type Expired,
  type Found,
  type Issued,
  isOf,
  type Judged,
  keyOf,
  type NewCode,
  type Otp,
  type OtpKey,
  otpKeyOf,
  type Policy,
  type Refused,
  type Store,
} from './store.ts';
import { TICK_MS, type WheelView } from './wheel.ts';

/**
 * Codes in this process's memory. Each step reads what is kept, applies the rules to it, and keeps what they make of it.
 *
 * No step has an `await` in its middle, so nothing runs in between. That makes it atomic; there is no lock.
 */
export class MemoryStore implements Store {
  readonly #clock: Clock;
  readonly #policy: Policy;
  /** The first part of every code's id. */
  readonly #idPrefix: string;
  #records: Records;
  /** The serial of the newest code. */
  #issued = 0;

  /** @param run names this run of the service: the first part of every code's id */
  constructor(clock: Clock, policy: Policy, run: string) {
    this.#clock = clock;
    this.#policy = policy;
    this.#idPrefix = `${run}-c`;
    this.#records = new Records(clock.now());
  }

  /** The timing wheel as it stands. It has an entry for each record. */
  get wheel(): WheelView {
    return this.#records.wheel;
  }

  async request(wanted: NewCode): Promise<Issued | Found | Refused> {
    const { code, ttlMs, own, whenLive, serial } = wanted;
    const now = this.#clock.now();
    const key = keyOf(wanted);
    const row = this.#records.find(key);
    const kept = this.#records.get(row);
    const live = whenLive !== undefined && phaseOf(kept.code, now) === 'live' ? kept.code : undefined;
    if (live !== undefined && whenLive === 'keep') return this.#found(wanted, live, now, false);
    const senders = this.#sendersOf(wanted);
    const refused = this.#refusal(wanted, kept, live, senders, now);
    if (refused !== undefined) return refused;

    for (const sender of senders)
      this.#records.set(sender.row || this.#records.add(sender.key), {
        sends: afterSend(sender.sends, this.#policy.sends, now),
      });
    if (live !== undefined) {
      const again = afterResend(live);
      this.#records.set(row, { ...kept, code: again });
      return this.#found(wanted, again, now, true);
    }
    this.#issued++;
    const made = {
      serial: serial ?? this.#issued,
      digits: numberOf(code),
      expiresAt: now + ttlMs,
      goneAt: undefined,
      own,
    };
    this.#records.set(row || this.#records.add(key), { code: made, attempts: kept.attempts });
    const otp = this.#otp(wanted, made);
    const fate = fateOfEarlier(kept.code, now);
    if (kept.code === undefined || fate === undefined) return { otp };
    return { otp, earlier: { otp: this.#otp(wanted, kept.code), fate } };
  }

  async verify(key: OtpKey, guess: string, exempt = false): Promise<Judged> {
    const { guesses } = this.#policy;
    const now = this.#clock.now();
    const name = keyOf(key);
    const row = this.#records.find(name);
    const before = this.#records.get(row);
    const judged = judge(before, numberOf(guess), exempt ? EXEMPT : guesses, now);
    if (judged.verdict === 'locked') {
      const { until, code } = judged;
      return { verdict: 'locked', waitMs: until - now, ...(code && { otp: this.#otp(key, code) }) };
    }

    const { kept } = judged;
    const counts = kept !== before;
    if (counts) this.#records.set(row || this.#records.add(name), kept);
    this.#dropCounts();
    const left = counts && kept.attempts && { attemptsLeft: attemptsLeft(kept.attempts, guesses, now) };
    if (judged.verdict === 'none') return { verdict: 'none', ...left };
    const otp = this.#otp(key, judged.code);
    if (judged.verdict === 'wrong' && kept.code?.own !== undefined)
      return { verdict: 'wrong', otp, checksLeft: kept.code.own.checks };
    return { verdict: judged.verdict, otp, ...left };
  }

  async cancel(key: OtpKey): Promise<Otp | undefined> {
    const name = keyOf(key);
    const row = this.#records.find(name);
    const kept = this.#records.get(row);
    const isLive = phaseOf(kept.code, this.#clock.now()) === 'live';
    // The same work with a live code and without one: the time that it takes must not tell.
    this.#records.set(row || this.#records.add(name), isLive ? { attempts: kept.attempts } : kept);
    this.#dropCounts();
    return isLive && kept.code !== undefined ? this.#otp(key, kept.code) : undefined;
  }

  async expireNow(key: OtpKey): Promise<Otp | undefined> {
    const now = this.#clock.now();
    const { row, code, attempts } = this.#liveCode(key, now);
    if (code === undefined) return undefined;
    const expired = enterGrace({ ...code, expiresAt: now }, now);
    this.#records.set(row, { code: expired, attempts });
    return this.#otp(key, expired);
  }

  async forget(user?: string): Promise<void> {
    if (user === undefined) {
      this.#records = new Records(this.#clock.now());
      return;
    }
    // Not `this.#records` after an await: `forget()` replaces it.
    const records = this.#records;
    const newest = this.#issued;
    const sender = records.find(senderKey(user));
    if (sender !== 0) records.set(sender, {});
    // Records are not found by the user alone, so all are looked at, with the event loop free between two steps.
    for (const rows of records.steps()) {
      for (const row of rows.filter((row) => isOf(user, records.key(row)))) {
        const { code } = records.get(row);
        records.set(row, { code: code !== undefined && code.serial > newest ? code : undefined });
      }
      await this.#clock.yieldToEventLoop();
    }
  }

  async expire(limit: number): Promise<Expired> {
    const now = this.#clock.now();
    const { entries, more } = this.#records.take(now, limit);
    const expired: Otp[] = [];
    for (const row of entries) {
      const kept = this.#records.get(row);
      if (kept.code !== undefined && phaseOf(kept.code, now) === 'ended')
        expired.push(this.#otp(otpKeyOf(this.#records.key(row)), kept.code));
      this.#records.set(row, afterEnds(kept, now));
    }
    this.#dropCounts();
    return { expired, more };
  }

  async live(): Promise<number> {
    return this.#records.live;
  }

  async ready(): Promise<boolean> {
    return true;
  }

  /** Why no code is made. @param live the code that would be sent again in its place */
  #refusal(
    wanted: NewCode,
    kept: Kept,
    live: Code | undefined,
    senders: readonly Sender[],
    now: number,
  ): Refused | undefined {
    const { guesses, sends: policy } = this.#policy;
    const until = lockedUntil(kept.attempts, isUnlimited(wanted) ? EXEMPT : guesses, now);
    if (until !== undefined) return { refused: 'locked', waitMs: until - now };
    for (const { sends } of senders) {
      const throttled = throttle(sends, policy, now);
      if (throttled !== undefined) return { refused: throttled.reason, waitMs: throttled.until - now };
    }
    const refused = live && refusesResend(live);
    if (live !== undefined && refused !== undefined) return { refused, waitMs: live.expiresAt - now };
    const added = Number(kept.code === undefined) + senders.filter(({ row }) => row === 0).length;
    return this.#hasRoom(added) ? undefined : { refused: 'capacity', waitMs: TICK_MS };
  }

  /** Those whose sends limit a code: its user, and its address. */
  #sendersOf(wanted: NewCode): readonly Sender[] {
    if (isUnlimited(wanted) || !limitsSends(this.#policy.sends)) return NO_SENDERS;
    const { user, address = user } = wanted;
    return (address === user ? [user] : [user, address]).map((name) => {
      const key = senderKey(name);
      const row = this.#records.find(key);
      return { key, row, sends: this.#records.get(row).sends };
    });
  }

  /** Whether so many records can be added that are more than a count of wrong codes. */
  #hasRoom(added: number): boolean {
    const { maxRecords, maxCounts } = this.#policy;
    const { size, counts } = this.#records;
    return added === 0 || size - Math.min(counts, maxCounts) + added <= maxRecords;
  }

  /** Drops the counts for which there is no room. */
  #dropCounts(): void {
    for (let more = true; more && this.#records.counts > this.#policy.maxCounts; )
      more = this.#records.giveUpOldest();
  }

  #liveCode(key: OtpKey, now: number): Kept & { row: number } {
    const row = this.#records.find(keyOf(key));
    const { code, attempts } = this.#records.get(row);
    return phaseOf(code, now) === 'live' ? { row, code, attempts } : { row };
  }

  #found(key: OtpKey, code: Code, now: number, resent: boolean): Found {
    const leftMs = code.expiresAt - now;
    return { otp: this.#otp(key, code), code: digitsOf(code.digits), resent, leftMs, own: code.own };
  }

  #otp({ user, purpose }: OtpKey, { serial, expiresAt }: Code): Otp {
    return { id: this.#idPrefix + serial, user, purpose, expiresAt };
  }
}

/** The record of sends of a user or an address. */
interface Sender {
  readonly key: string;
  readonly row: number;
  readonly sends: Kept['sends'];
}

const NO_SENDERS: readonly Sender[] = [];

/** Whether the limits of its user do not hold for a code. */
function isUnlimited({ exempt = false, own }: NewCode): boolean {
  return exempt || own !== undefined;
}

/** The key of a user's or an address's sends. Neither is ever empty, so no code's key starts with NUL. */
function senderKey(name: string): string {
  return `\0${name}`;
}
