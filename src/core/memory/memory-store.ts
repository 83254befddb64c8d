import type { Clock } from '../clock.ts';
import { type Attempts, attemptsLeft, lockedUntil } from '../rules/attempts.ts';
import { endOfGrace, fateOfEarlier, phaseOf } from '../rules/code-life.ts';
import { EXEMPT, judge } from '../rules/judgement.ts';
import { afterSend, limitsSends, sendsForgottenAt, throttle } from '../rules/sends.ts';
import type {
  Counted,
  Expired,
  Issued,
  Judged,
  NewCode,
  Otp,
  OtpKey,
  Policy,
  Refused,
  Store,
} from '../store.ts';
import { otpKeyOf } from '../store.ts';
import type { WheelView } from '../wheel.ts';
import { TICK_MS } from '../wheel.ts';
import { RecordSet } from './record-set.ts';
import { type OtpRecord, SendRecord, type StoredCode } from './records.ts';

/**
 * Codes in this process's memory, with a timing wheel that reminds of each deadline.
 *
 * No step waits in its middle, so each runs from start to end with nothing in between: that, not a lock,
 * makes it atomic.
 */
export class MemoryStore implements Store {
  readonly #clock: Clock;
  readonly #policy: Policy;
  readonly #run: string;
  readonly #records: RecordSet;
  /** How many codes there have been. A record keeps its number and not its id, which takes more memory. */
  #issued = 0;

  /** @param run names this run of the service, and is the first part of every code's id */
  constructor(clock: Clock, policy: Policy, run: string) {
    this.#clock = clock;
    this.#policy = policy;
    this.#run = run;
    this.#records = new RecordSet(clock.now());
  }

  /** How many records take memory, and how many the wheel will come back to: always all of them. */
  get size(): { records: number; scheduled: number } {
    return this.#records.size;
  }

  /** The timing wheel as it stands. */
  get wheel(): WheelView {
    return this.#records.wheel;
  }

  async request(wanted: NewCode): Promise<Issued | Refused> {
    const now = this.#clock.now();
    const record = this.#records.otp(wanted);
    const limited = limitsSends(this.#policy.sends) && !wanted.exempt;
    const sender = limited ? this.#records.sender(wanted.user) : undefined;

    const until = wanted.exempt ? undefined : lockedUntil(record?.attempts, now);
    if (until !== undefined) return { refused: 'locked', waitMs: until - now };
    const throttled = throttle(sender?.sends ?? [], this.#policy.sends, now);
    if (throttled !== undefined) return { refused: throttled.reason, waitMs: throttled.until - now };
    const added = (record === undefined ? 1 : 0) + (limited && sender === undefined ? 1 : 0);
    if (!this.#hasRoomFor(added)) return { refused: 'capacity', waitMs: TICK_MS };

    if (limited) this.#countSend(sender ?? this.#records.addSender(wanted.user), now);
    const fate = fateOfEarlier(record?.code, now);
    const earlier =
      record !== undefined && fate !== undefined ? { otp: this.#otp(wanted, record), fate } : undefined;
    const kept = record ?? this.#records.addOtp(wanted);
    this.#issued++;
    this.#records.putCode(kept, this.#issued, wanted.code, now + wanted.ttlMs);
    this.#records.settle(kept);
    return { otp: this.#otp(wanted, kept), ...(earlier && { earlier }) };
  }

  async verify(key: OtpKey, guess: string, exempt = false): Promise<Judged> {
    const now = this.#clock.now();
    const record = this.#records.otp(key);
    const judged = judge(record, guess, exempt ? EXEMPT : this.#policy.guesses, now);
    if (judged.verdict === 'locked') return { verdict: 'locked', waitMs: judged.until - now };
    if (judged.verdict === 'none')
      return { verdict: 'none', ...this.#count(key, record, judged.attempts, now) };
    // Before anything changes, for the code is a part of the record.
    const otp = this.#otp(key, judged.code);
    if (judged.verdict === 'verified') {
      if (record !== undefined) this.#records.forget(record);
      return { verdict: 'verified', otp };
    }
    return { verdict: judged.verdict, otp, ...this.#count(key, record, judged.attempts, now) };
  }

  async cancel(key: OtpKey): Promise<Otp | undefined> {
    const record = this.#live(key);
    if (record === undefined) return undefined;
    const otp = this.#otp(key, record);
    this.#records.dropCode(record);
    this.#records.settle(record);
    return otp;
  }

  async expireNow(key: OtpKey): Promise<Otp | undefined> {
    const record = this.#live(key);
    if (record === undefined) return undefined;
    const now = this.#clock.now();
    record.expiresAt = now;
    this.#records.endCode(record, endOfGrace(now));
    this.#records.settle(record);
    return this.#otp(key, record);
  }

  async forget(user?: string): Promise<void> {
    if (user === undefined) return this.#records.clear(this.#clock.now());
    for (const _ of this.#records.forgetUser(user, this.#issued)) await this.#clock.yieldToEventLoop();
  }

  async expire(limit: number): Promise<Expired> {
    const now = this.#clock.now();
    const whole = this.#records.take(now, limit);
    const begun = whole.length === 0 ? this.#records.takeBegun(now, limit) : [];
    const due = [...whole, ...begun];
    const expired: Otp[] = [];
    for (const record of due) {
      if (record instanceof SendRecord) {
        this.#records.forget(record);
        continue;
      }
      const phase = phaseOf(record.code, now);
      if (phase === 'gone') this.#records.dropCode(record);
      if (phase === 'ended') {
        this.#records.endCode(record, endOfGrace(now));
        expired.push(this.#otp(otpKeyOf(record.key), record));
      }
      const { attempts } = record;
      if (attempts !== undefined && now >= attempts.forgetAt) record.attempts = undefined;
      this.#records.settle(record);
    }
    return { expired, more: this.#records.isBehind(now) || due.length > 0 };
  }

  async live(): Promise<number> {
    return this.#records.live;
  }

  async ready(): Promise<boolean> {
    return true;
  }

  #live(key: OtpKey): OtpRecord | undefined {
    const record = this.#records.otp(key);
    return phaseOf(record?.code, this.#clock.now()) === 'live' ? record : undefined;
  }

  #hasRoomFor(records: number): boolean {
    return this.#records.count + records <= this.#policy.maxRecords;
  }

  /**
   * Keeps a count of wrong codes if it is another than before; one that locks burns a live code. Where there is
   * no room for a new record nothing is counted.
   */
  #count(key: OtpKey, known: OtpRecord | undefined, attempts: Attempts | undefined, now: number): Counted {
    if (attempts === undefined || attempts === known?.attempts) return {};
    if (known === undefined && !this.#hasRoomFor(1)) return {};
    const record = known ?? this.#records.addOtp(key);
    record.attempts = attempts;
    const left = attemptsLeft(attempts, this.#policy.guesses, now);
    if (left === 0 && phaseOf(record.code, now) === 'live') this.#records.dropCode(record);
    this.#records.settle(record);
    return { attemptsLeft: left };
  }

  #countSend(sender: SendRecord, now: number): void {
    sender.sends = afterSend(sender.sends, this.#policy.sends, now);
    this.#records.settleSender(sender, sendsForgottenAt(sender.sends, this.#policy.sends));
  }

  #otp({ user, purpose }: OtpKey, { serial, expiresAt }: StoredCode): Otp {
    return { id: `${this.#run}-c${serial}`, user, purpose, expiresAt };
  }
}
