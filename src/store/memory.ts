import type { Clock } from '../kernel/clock.ts';
import { TICK_MS } from '../kernel/ticker.ts';
import { TimingWheel, type WheelView } from '../kernel/timing-wheel.ts';
import { type Attempts, attemptsLeft, lockedUntil } from '../rules/attempts.ts';
import { endOfGrace, fateOfEarlier, phaseOf } from '../rules/code-life.ts';
import { EXEMPT, judge } from '../rules/judgement.ts';
import { afterSend, limitsSends, sendsForgottenAt, throttle } from '../rules/sends.ts';
import { RecordTable } from './record-table.ts';
import {
  isOf,
  keyOf,
  OtpRecord,
  otpKeyOf,
  SendRecord,
  type StoredCode,
  type StoredRecord,
} from './records.ts';
import type {
  Counted,
  Expired,
  Issued,
  Judged,
  Otp,
  OtpKey,
  Policy,
  Refused,
  Store,
  Wanted,
} from './store.ts';

/**
 * Codes in this process's memory, with a timing wheel that reminds of each deadline.
 *
 * No method waits in its middle, so each runs from start to end with nothing in between: that, not a lock,
 * makes it atomic. A record is on the wheel for exactly as long as it is in a table.
 */
export class MemoryStore implements Store {
  readonly #clock: Clock;
  readonly #policy: Policy;
  readonly #run: string;
  #otps = new RecordTable<OtpRecord>();
  #senders = new RecordTable<SendRecord>();
  #wheel: TimingWheel<StoredRecord>;
  /** How many codes there have been. A record keeps its number and not its id, which takes more memory. */
  #issued = 0;

  /** @param run names this run of the service, and is the first part of every code's id */
  constructor(clock: Clock, policy: Policy, run: string) {
    this.#clock = clock;
    this.#policy = policy;
    this.#run = run;
    this.#wheel = new TimingWheel(clock.now());
  }

  /** How many records take memory, and how many the wheel will come back to: always all of them. */
  get size(): { records: number; scheduled: number } {
    return { records: this.#otps.size + this.#senders.size, scheduled: this.#wheel.size };
  }

  /** The timing wheel as it stands. */
  get wheel(): WheelView {
    return this.#wheel.view;
  }

  async request(wanted: Wanted): Promise<Issued | Refused> {
    const now = this.#clock.now();
    const record = this.#otps.get(keyOf(wanted));
    const limited = limitsSends(this.#policy.sends) && !wanted.exempt;
    const sender = limited ? this.#senders.get(wanted.user) : undefined;

    const until = wanted.exempt ? undefined : lockedUntil(record?.attempts, now);
    if (until !== undefined) return { refused: 'locked', waitMs: until - now };
    const throttled = throttle(sender?.sends ?? [], this.#policy.sends, now);
    if (throttled !== undefined) return { refused: throttled.reason, waitMs: throttled.until - now };
    const added = (record === undefined ? 1 : 0) + (limited && sender === undefined ? 1 : 0);
    if (!this.#hasRoomFor(added)) return { refused: 'capacity', waitMs: TICK_MS };

    if (limited) this.#countSend(sender ?? this.#addSender(wanted.user), now);
    const fate = fateOfEarlier(record?.code, now);
    const earlier =
      record !== undefined && fate !== undefined ? { otp: this.#otp(wanted, record), fate } : undefined;
    const kept = record ?? this.#add(wanted);
    this.#issued++;
    kept.putCode(this.#issued, wanted.code, now + wanted.ttlMs);
    this.#settle(kept);
    return { otp: this.#otp(wanted, kept), ...(earlier && { earlier }) };
  }

  async verify(key: OtpKey, guess: string, exempt = false): Promise<Judged> {
    const now = this.#clock.now();
    const record = this.#otps.get(keyOf(key));
    const judged = judge(record, guess, exempt ? EXEMPT : this.#policy.guesses, now);
    if (judged.verdict === 'locked') return { verdict: 'locked', waitMs: judged.until - now };
    if (judged.verdict === 'none')
      return { verdict: 'none', ...this.#count(key, record, judged.attempts, now) };
    // Before anything changes, for the code is a part of the record.
    const otp = this.#otp(key, judged.code);
    if (judged.verdict === 'verified') {
      if (record !== undefined) this.#forget(record);
      return { verdict: 'verified', otp };
    }
    return { verdict: judged.verdict, otp, ...this.#count(key, record, judged.attempts, now) };
  }

  async cancel(key: OtpKey): Promise<Otp | undefined> {
    const record = this.#live(key);
    if (record === undefined) return undefined;
    const otp = this.#otp(key, record);
    record.dropCode();
    this.#settle(record);
    return otp;
  }

  async runOut(key: OtpKey): Promise<Otp | undefined> {
    const record = this.#live(key);
    if (record === undefined) return undefined;
    const now = this.#clock.now();
    record.expiresAt = now;
    record.goneAt = endOfGrace(now);
    this.#settle(record);
    return this.#otp(key, record);
  }

  async forget(user?: string): Promise<void> {
    if (user === undefined) {
      this.#otps = new RecordTable();
      this.#senders = new RecordTable();
      this.#wheel = new TimingWheel(this.#clock.now());
      return;
    }
    const sender = this.#senders.get(user);
    if (sender !== undefined) {
      this.#wheel.cancel(sender);
      this.#senders.delete(user);
    }
    // All have to be looked at, for a record is found by user and purpose: part by part, with a breath between.
    for (const records of this.#otps.parts()) {
      for (const record of records) if (isOf(user, record.key)) this.#forget(record);
      await this.#clock.breathe();
    }
  }

  async expire(limit: number): Promise<Expired> {
    const now = this.#clock.now();
    const due = this.#wheel.take(now, limit);
    const expired: Otp[] = [];
    for (const record of due) {
      if (record instanceof SendRecord) {
        this.#senders.delete(record.key);
        continue;
      }
      const phase = phaseOf(record.code, now);
      if (phase === 'gone') record.dropCode();
      if (phase === 'ended') {
        record.goneAt = endOfGrace(now);
        expired.push(this.#otp(otpKeyOf(record.key), record));
      }
      const { attempts } = record;
      if (attempts !== undefined && now >= attempts.forgetAt) record.attempts = undefined;
      this.#settle(record);
    }
    return { expired, more: this.#wheel.isBehind(now) };
  }

  async ready(): Promise<boolean> {
    return true;
  }

  #live(key: OtpKey): OtpRecord | undefined {
    const record = this.#otps.get(keyOf(key));
    return phaseOf(record?.code, this.#clock.now()) === 'live' ? record : undefined;
  }

  #hasRoomFor(records: number): boolean {
    return this.#wheel.size + records <= this.#policy.maxRecords;
  }

  #add(key: OtpKey): OtpRecord {
    const record = new OtpRecord(keyOf(key));
    this.#otps.add(record);
    return record;
  }

  #addSender(user: string): SendRecord {
    const sender = new SendRecord(user);
    this.#senders.add(sender);
    return sender;
  }

  /**
   * Keeps a count of wrong codes if it is another than before; one that locks burns a live code. Where there is
   * no room for a new record nothing is counted.
   */
  #count(key: OtpKey, known: OtpRecord | undefined, attempts: Attempts | undefined, now: number): Counted {
    if (attempts === undefined || attempts === known?.attempts) return {};
    if (known === undefined && !this.#hasRoomFor(1)) return {};
    const record = known ?? this.#add(key);
    record.attempts = attempts;
    const left = attemptsLeft(attempts, this.#policy.guesses, now);
    if (left === 0 && phaseOf(record.code, now) === 'live') record.dropCode();
    this.#settle(record);
    return { attemptsLeft: left };
  }

  #countSend(sender: SendRecord, now: number): void {
    sender.sends = afterSend(sender.sends, this.#policy.sends, now);
    this.#wheel.schedule(sender, sendsForgottenAt(sender.sends, this.#policy.sends));
  }

  /** Has the wheel remind of what ends first in a record; forgets one that has nothing left in it. */
  #settle(record: OtpRecord): void {
    const { dueAt } = record;
    if (dueAt === undefined) this.#forget(record);
    else this.#wheel.schedule(record, dueAt);
  }

  #forget(record: OtpRecord): void {
    this.#wheel.cancel(record);
    this.#otps.delete(record.key);
  }

  #otp({ user, purpose }: OtpKey, { serial, expiresAt }: StoredCode): Otp {
    return { id: `${this.#run}-c${serial}`, user, purpose, expiresAt };
  }
}
