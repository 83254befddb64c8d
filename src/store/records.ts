import type { Scheduled } from '../kernel/timing-wheel.ts';
import type { Attempts } from '../rules/attempts.ts';
import { type CodeState, dueAt } from '../rules/code-life.ts';
import type { OtpState } from '../rules/judgement.ts';
import type { Sends } from '../rules/sends.ts';
import { DEFAULT_PURPOSE, type OtpKey } from './store.ts';

/** What takes memory in a store, each record with its place on the wheel. */
export type StoredRecord = OtpRecord | SendRecord;

/** A code in memory. Its digits are kept as a number, with a 1 before them: a string takes six times as much. */
export class StoredCode implements CodeState {
  private readonly packed: number;
  goneAt: number | undefined;

  /** @param serial its number among all that the store has issued */
  constructor(
    readonly serial: number,
    digits: string,
    readonly expiresAt: number,
  ) {
    this.packed = Number(`1${digits}`);
  }

  get digits(): string {
    return String(this.packed).slice(1);
  }
}

/** What is kept for one user and one purpose, for as long as there is a code or a count in it. */
export class OtpRecord implements OtpState<StoredCode>, Scheduled<StoredRecord> {
  code: StoredCode | undefined;
  attempts: Attempts | undefined;
  bucket: Scheduled<StoredRecord>['bucket'];
  index = 0;

  constructor(readonly key: string) {}

  /** When something in it ends; undefined if there is nothing in it. */
  get dueAt(): number | undefined {
    const { code, attempts } = this;
    if (code === undefined) return attempts?.forgetAt;
    return attempts === undefined ? dueAt(code) : Math.min(dueAt(code), attempts.forgetAt);
  }
}

/** When codes were sent to one user. */
export class SendRecord implements Scheduled<StoredRecord> {
  sends: Sends = [];
  bucket: Scheduled<StoredRecord>['bucket'];
  index = 0;

  constructor(readonly user: string) {}
}

/** The key of a record. Neither part contains NUL, so no two pairs share one; most have the user's own string. */
export function keyOf({ user, purpose }: OtpKey): string {
  return purpose === DEFAULT_PURPOSE ? user : `${user}\0${purpose}`;
}

export function otpKeyOf(key: string): OtpKey {
  const [user = key, purpose = DEFAULT_PURPOSE] = key.split('\0');
  return { user, purpose };
}
