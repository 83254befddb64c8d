import type { OtpKey } from '../store.ts';
import { isOf, keyOf } from '../store.ts';
import { TimingWheel, type WheelView } from '../wheel.ts';
import { RecordTable } from './record-table.ts';
import { Contents, OtpRecord, SendRecord, type StoredRecord } from './records.ts';
import { isSenderKey, senderKeyOf } from './sender-key.ts';

/**
 * All records in memory: found by their keys, and reminded of by the timing wheel.
 *
 * A record is on the wheel for exactly as long as it is in the table. So nothing is kept that is not ended some
 * day, and the wheel knows how many there are.
 */
export class RecordSet {
  #table = new RecordTable();
  #contents = new Contents();
  #wheel: TimingWheel;
  #live = 0;

  /** @param now the present, in milliseconds since the epoch */
  constructor(now: number) {
    this.#wheel = new TimingWheel(now);
  }

  /** How many records take memory, and how many the wheel will come back to: always all of them. */
  get size(): { records: number; scheduled: number } {
    return { records: this.#table.size, scheduled: this.#wheel.size };
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
    const whole = keyOf(key);
    const row = this.#table.find(whole);
    return row === 0 ? undefined : new OtpRecord(row, whole, this.#contents);
  }

  sender(user: string): SendRecord | undefined {
    const key = senderKeyOf(user);
    const row = this.#table.find(key);
    return row === 0 ? undefined : new SendRecord(row, key, this.#contents);
  }

  /** Adds an empty record, which has to be settled in the same step. */
  addOtp(key: OtpKey): OtpRecord {
    const whole = keyOf(key);
    return new OtpRecord(this.#table.add(whole), whole, this.#contents);
  }

  /** Adds an empty record, which has to be settled in the same step. */
  addSender(user: string): SendRecord {
    const key = senderKeyOf(user);
    return new SendRecord(this.#table.add(key), key, this.#contents);
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
    else this.#wheel.schedule(record.row, dueAt);
  }

  /** Has the wheel remind of when a user's sends limit nothing any more. */
  settleSender(sender: SendRecord, forgottenAt: number): void {
    this.#wheel.schedule(sender.row, forgottenAt);
  }

  forget(record: StoredRecord): void {
    this.#wheel.cancel(record.row);
    if (record instanceof OtpRecord) this.dropCode(record);
    record.empty();
    this.#table.delete(record.key);
  }

  /** Takes at most `limit` records off the wheel that are due; each has to be settled or forgotten at once. */
  take(now: number, limit: number): StoredRecord[] {
    return this.#wheel.take(now, limit).map((row) => this.#recordAt(row));
  }

  /** The same of those that have become due since the last whole second, which `take` does not give out yet. */
  takeBegun(now: number, limit: number): StoredRecord[] {
    const isDue = (row: number) => {
      const record = this.#recordAt(row);
      return record instanceof OtpRecord && (record.dueAt ?? now) <= now;
    };
    return this.#wheel.takeBegun(limit, isDue).map((row) => this.#recordAt(row));
  }

  /** Whether there is more to take. */
  isBehind(now: number): boolean {
    return this.#wheel.isBehind(now);
  }

  /** Forgets all, and begins at another present. */
  clear(now: number): void {
    this.#table = new RecordTable();
    this.#contents = new Contents();
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
    const sender = this.sender(user);
    if (sender !== undefined) this.forget(sender);
    for (const rows of this.#table.steps()) {
      for (const row of rows) {
        const record = this.#recordAt(row);
        if (!isOf(user, record.key) || record instanceof SendRecord) continue;
        if (record.serial <= newest) this.dropCode(record);
        record.attempts = undefined;
        this.settle(record);
      }
      yield;
    }
  }

  #recordAt(row: number): StoredRecord {
    const key = this.#table.keyOf(row);
    const Kind = isSenderKey(key) ? SendRecord : OtpRecord;
    return new Kind(row, key, this.#contents);
  }
}
