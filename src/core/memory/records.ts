import { Rows } from '../rows.ts';
import type { Attempts } from '../rules/attempts.ts';
import { type CodeState, dueAt } from '../rules/code-life.ts';
import type { OtpState } from '../rules/judgement.ts';
import type { Sends } from '../rules/sends.ts';
import { Column } from './column.ts';

/** The columns of a code's numbers. */
const SERIAL = 0;
const EXPIRES_AT = 8;
const GONE_AT = 16;
/** The digits with a 1 before them, which keeps the leading zeros. */
const DIGITS = 24;
const CODE_BYTES = 32;

/** The contents of all records, by their rows. A row that no record has is empty. */
export class Contents {
  readonly codes = new Rows(CODE_BYTES);
  readonly attempts = new Column<Attempts>();
  readonly sends = new Column<Sends>();
}

/** What takes memory in a store, each record with its place on the wheel. */
export type StoredRecord = OtpRecord | SendRecord;

/** A code in memory, with its number among all that the store has issued. */
export interface StoredCode extends CodeState {
  readonly serial: number;
}

/**
 * What is kept for one user and one purpose, for as long as there is a code or a count in it.
 *
 * There may be millions, so none is an object: this is a view of a row, made for a step and gone after it.
 */
export class OtpRecord implements OtpState<StoredCode>, StoredCode {
  constructor(
    readonly row: number,
    readonly key: string,
    private readonly contents: Contents,
  ) {}

  /** 0 if there is no code. */
  get serial(): number {
    return this.contents.codes.float(this.row, SERIAL);
  }

  get expiresAt(): number {
    return this.contents.codes.float(this.row, EXPIRES_AT);
  }

  set expiresAt(time: number) {
    this.contents.codes.setFloat(this.row, EXPIRES_AT, time);
  }

  get goneAt(): number | undefined {
    const time = this.contents.codes.float(this.row, GONE_AT);
    return time === 0 ? undefined : time;
  }

  set goneAt(time: number | undefined) {
    this.contents.codes.setFloat(this.row, GONE_AT, time ?? 0);
  }

  get digits(): string {
    return String(this.contents.codes.float(this.row, DIGITS)).slice(1);
  }

  get attempts(): Attempts | undefined {
    return this.contents.attempts.get(this.row);
  }

  set attempts(attempts: Attempts | undefined) {
    this.contents.attempts.set(this.row, attempts);
  }

  get code(): StoredCode | undefined {
    return this.serial === 0 ? undefined : this;
  }

  /** Whether there is a code whose end nobody has noticed yet. */
  get isLive(): boolean {
    return this.serial !== 0 && this.goneAt === undefined;
  }

  putCode(serial: number, digits: string, expiresAt: number): void {
    this.contents.codes.setFloat(this.row, SERIAL, serial);
    this.contents.codes.setFloat(this.row, DIGITS, Number(`1${digits}`));
    this.expiresAt = expiresAt;
    this.goneAt = undefined;
  }

  dropCode(): void {
    this.contents.codes.setFloat(this.row, SERIAL, 0);
  }

  empty(): void {
    this.dropCode();
    this.attempts = undefined;
  }

  /** When something in it ends; undefined if there is nothing in it. */
  get dueAt(): number | undefined {
    const { code, attempts } = this;
    if (code === undefined) return attempts?.forgetAt;
    return attempts === undefined ? dueAt(code) : Math.min(dueAt(code), attempts.forgetAt);
  }
}

/** When codes were sent to one user: a view of a row, as the other. */
export class SendRecord {
  constructor(
    readonly row: number,
    readonly key: string,
    private readonly contents: Contents,
  ) {}

  get sends(): Sends {
    return this.contents.sends.get(this.row) ?? [];
  }

  set sends(sends: Sends) {
    this.contents.sends.set(this.row, sends);
  }

  empty(): void {
    this.contents.sends.set(this.row, undefined);
  }
}
