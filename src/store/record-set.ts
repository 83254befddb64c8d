import { TimingWheel, type WheelView } from '../kernel/timing-wheel.ts';
import { RecordTable } from './record-table.ts';
import { isOf, keyOf, OtpRecord, SendRecord, type StoredRecord } from './records.ts';
import type { OtpKey } from './store.ts';

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
  /** How many codes have not ended yet. Whoever puts one into a record, or ends one there, counts it here. */
  live = 0;

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
    if (record instanceof SendRecord) this.#senders.delete(record.key);
    else {
      this.#otps.delete(record.key);
      if (record.code !== undefined && record.goneAt === undefined) this.live--;
    }
  }

  /** Takes at most `limit` records off the wheel that are due; each has to be settled or forgotten at once. */
  take(now: number, limit: number): StoredRecord[] {
    return this.#wheel.take(now, limit);
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
    this.live = 0;
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
        if (record.serial <= newest) record.dropCode();
        record.attempts = undefined;
        this.settle(record);
      }
      if (records.length > 0) yield;
    }
  }
}
