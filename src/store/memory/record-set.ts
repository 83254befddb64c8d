import { TimingWheel, type WheelView } from '../../kernel/timing-wheel.ts';
import type { OtpKey } from '../store.ts';
import { RecordTable } from './record-table.ts';
import { isOf, keyOf, OtpRecord, SendRecord, type StoredRecord } from './records.ts';

/**
 * All records in memory: found by their keys, and reminded of by the timing wheel.
 *
 * A record is on the wheel for exactly as long as it is in a table. So nothing is kept that is not ended some
 * day, and the wheel knows how many there are.
 */
export class RecordSet {
  #otps = new RecordTable<OtpRecord>();
  #senders = new RecordTable<SendRecord>();
  #wheel: TimingWheel<StoredRecord>;
  #live = 0;

  /** @param now the present, in milliseconds since the epoch */
  constructor(now: number) {
    this.#wheel = new TimingWheel(now);
  }

  /** How many records take memory, and how many the wheel will come back to: always all of them. */
  get size(): { records: number; scheduled: number } {
    return { records: this.#otps.size + this.#senders.size, scheduled: this.#wheel.size };
  }

  /** The same at no cost. */
  get count(): number {
    return this.#wheel.size;
  }

  /** How many codes have not ended yet, as far as anybody has noticed. */
  get live(): number {
    return this.#live;
  }

  /** The timing wheel as it stands. */
  get wheel(): WheelView {
    return this.#wheel.view;
  }

  otp(key: OtpKey): OtpRecord | undefined {
    return this.#otps.get(keyOf(key));
  }

  sender(user: string): SendRecord | undefined {
    return this.#senders.get(user);
  }

  /** Adds an empty record, which has to be settled in the same step. */
  addOtp(key: OtpKey): OtpRecord {
    const record = new OtpRecord(keyOf(key));
    this.#otps.add(record);
    return record;
  }

  /** Adds an empty record, which has to be settled in the same step. */
  addSender(user: string): SendRecord {
    const sender = new SendRecord(user);
    this.#senders.add(sender);
    return sender;
  }

  /** Puts a code into a record, in place of the one there. */
  putCode(record: OtpRecord, serial: number, digits: string, expiresAt: number): void {
    if (!record.isLive) this.#live++;
    record.putCode(serial, digits, expiresAt);
  }

  /** Ends a code that is live, and keeps it until its grace is over. */
  endCode(record: OtpRecord, goneAt: number): void {
    if (record.isLive) this.#live--;
    record.goneAt = goneAt;
  }

  dropCode(record: OtpRecord): void {
    if (record.isLive) this.#live--;
    record.dropCode();
  }

  /** Has the wheel remind of what ends first in a record; forgets one that has nothing left in it. */
  settle(record: OtpRecord): void {
    const { dueAt } = record;
    if (dueAt === undefined) this.forget(record);
    else this.#wheel.schedule(record, dueAt);
  }

  /** Has the wheel remind of when a user's sends limit nothing any more. */
  settleSender(sender: SendRecord, forgottenAt: number): void {
    this.#wheel.schedule(sender, forgottenAt);
  }

  forget(record: StoredRecord): void {
    this.#wheel.cancel(record);
    if (record instanceof SendRecord) {
      this.#senders.delete(record.key);
      return;
    }
    this.dropCode(record);
    this.#otps.delete(record.key);
  }

  /** Takes at most `limit` records off the wheel that are due; each has to be settled or forgotten at once. */
  take(now: number, limit: number): StoredRecord[] {
    return this.#wheel.take(now, limit);
  }

  /** The same of those that have become due since the last whole second, which `take` does not give out yet. */
  takeBegun(now: number, limit: number): StoredRecord[] {
    const isDue = (record: StoredRecord) => record instanceof OtpRecord && (record.dueAt ?? now) <= now;
    return this.#wheel.takeBegun(limit, isDue);
  }

  /** Whether there is more to take. */
  isBehind(now: number): boolean {
    return this.#wheel.isBehind(now);
  }

  /** Forgets all, and begins at another present. */
  clear(now: number): void {
    this.#otps = new RecordTable();
    this.#senders = new RecordTable();
    this.#wheel = new TimingWheel(now);
    this.#live = 0;
  }

  /**
   * Forgets all that is one user's, in steps: records are not found by the user alone, and all have to be looked
   * at. Codes that come meanwhile stay.
   *
   * @param newest the number of the last code that is to be forgotten
   */
  *forgetUser(user: string, newest: number): Generator<void> {
    const sender = this.#senders.get(user);
    if (sender !== undefined) this.forget(sender);
    for (const records of this.#otps.parts()) {
      for (const record of records) {
        if (!isOf(user, record.key)) continue;
        if (record.serial <= newest) this.dropCode(record);
        record.attempts = undefined;
        this.settle(record);
      }
      if (records.length > 0) yield;
    }
  }
}
