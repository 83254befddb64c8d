import type { Scheduled } from '../../kernel/timing-wheel.ts';
import type { Attempts } from '../../rules/attempts.ts';
import { type CodeState, dueAt } from '../../rules/code-life.ts';
import type { OtpState } from '../../rules/judgement.ts';
import type { Sends } from '../../rules/sends.ts';
import { DEFAULT_PURPOSE, type OtpKey } from '../store.ts';

/** What takes memory in a store, each record with its place on the wheel. */
export type StoredRecord = OtpRecord | SendRecord;

/** A code in memory, with its number among all that the store has issued. */
export interface StoredCode extends CodeState {
  readonly serial: number;
}

/**
 * What is kept for one user and one purpose, for as long as there is a code or a count in it.
 *
 * There may be millions, so it is small: the code's fields stand in the record itself, and its digits are a
 * number. As objects of their own the two would nearly double it.
 */
export class OtpRecord implements OtpState<StoredCode>, StoredCode, Scheduled<StoredRecord> {
  /** 0 if there is no code. */
  serial = 0;
  expiresAt = 0;
  goneAt: number | undefined;
  attempts: Attempts | undefined;
  bucket: Scheduled<StoredRecord>['bucket'];
  index = 0;
  /** The digits with a 1 before them, which keeps the leading zeros. */
  private packed = 1;

  constructor(readonly key: string) {}

  get code(): StoredCode | undefined {
    return this.serial === 0 ? undefined : this;
  }

  /** Whether there is a code whose end nobody has noticed yet. */
  get isLive(): boolean {
    return this.serial !== 0 && this.goneAt === undefined;
  }

  get digits(): string {
    return String(this.packed).slice(1);
  }

  putCode(serial: number, digits: string, expiresAt: number): void {
    this.serial = serial;
    this.packed = Number(`1${digits}`);
    this.expiresAt = expiresAt;
    this.goneAt = undefined;
  }

  dropCode(): void {
    this.serial = 0;
  }

  /** When something in it ends; undefined if there is nothing in it. */
  get dueAt(): number | undefined {
    const { code, attempts } = this;
    if (code === undefined) return attempts?.forgetAt;
    return attempts === undefined ? dueAt(code) : Math.min(dueAt(code), attempts.forgetAt);
  }
}

/** When codes were sent to one user, who is the key. */
export class SendRecord implements Scheduled<StoredRecord> {
  sends: Sends = [];
  bucket: Scheduled<StoredRecord>['bucket'];
  index = 0;

  constructor(readonly key: string) {}
}

/** The key of a record. Neither part contains NUL, so no two pairs share one; most have the user's own string. */
export function keyOf({ user, purpose }: OtpKey): string {
  return purpose === DEFAULT_PURPOSE ? user : `${user}\0${purpose}`;
}

/** Whether a record's key is of this user, whatever the purpose; cheaper than to take the key apart. */
export function isOf(user: string, key: string): boolean {
  return key.startsWith(user) && (key.length === user.length || key[user.length] === '\0');
}

/** The user and the purpose that a record's key stands for. */
export function otpKeyOf(key: string): OtpKey {
  const [user = key, purpose = DEFAULT_PURPOSE] = key.split('\0');
  return { user, purpose };
}
