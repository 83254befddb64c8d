import { HashIndex } from './hash-index.ts';
import { RowList } from './row-list.ts';
import { Column, Rows } from './rows.ts';
import { type Attempts, type Code, firstEnd, type Kept, type OwnLimits, type Sends } from './rules.ts';
import { TimingWheel, type WheelView } from './wheel.ts';

/** The whole numbers of a row behind the wheel's own. */
const HASH = 3;
const FAILURES = 18;
const LOCKS = 19;
/** The links of counts that can be given up, in the place of DIGITS: such a record has no code. */
const NEWER = 8;
const OLDER = 9;
/** The fields that hold any number. A record without a code has the serial 0, one without attempts forgets at 0. */
const SERIAL = 3;
const DIGITS = 4;
const EXPIRES_AT = 5;
const GONE_AT = 6;
const FORGET_AT = 7;
const LOCKED_UNTIL = 8;

/** Stands for no row. */
const NONE = 0;

/** Rows looked at in one step of a search through all. */
const STEP = 128;

const NOTHING: Kept = { code: undefined, attempts: undefined, sends: undefined };

/**
 * Everything that is kept in memory: by its key, and on the wheel by its first end. A record is on the wheel for exactly
 * as long as it exists, so nothing is kept that does not end some day.
 *
 * A record is a row: `find` gives the number of the row, `get` what is kept in it as plain values, and `set` keeps
 * others in their place. Row 0 stands for none, and nothing is kept there.
 */
export class Records {
  readonly #rows = new Rows();
  readonly #sends = new Column<Sends>();
  readonly #own = new Column<OwnLimits>();
  readonly #wheel: TimingWheel;
  readonly #index = new HashIndex((row, key) => this.#rows.hasText(row, key));
  /** Counts without a code that have not locked; the one that was used longest ago first. */
  readonly #idle = new RowList(this.#rows, NEWER, OLDER);
  #counts = 0;
  #live = 0;

  /** @param now the present, in milliseconds since the epoch */
  constructor(now: number) {
    this.#wheel = new TimingWheel(this.#rows, now);
  }

  /** How many records there are. */
  get size(): number {
    return this.#index.size;
  }

  /** How many codes are live, those whose end was not noticed yet included. */
  get live(): number {
    return this.#live;
  }

  /** How many records are a count of wrong codes without a code, locked or not. */
  get counts(): number {
    return this.#counts;
  }

  get wheel(): WheelView {
    return this.#wheel.view;
  }

  /** The row of a key; 0 if there is none. */
  find(key: string): number {
    return this.#index.find(key, this.#index.hash(key));
  }

  /** Adds the record of a key that has none. The caller must `set` it in the same step. */
  add(key: string): number {
    const row = this.#rows.take();
    this.#rows.setText(row, key);
    this.#rows.setFloat(row, SERIAL, 0);
    this.#rows.setFloat(row, FORGET_AT, 0);
    const hash = this.#index.hash(key);
    this.#rows.setWhole(row, HASH, hash);
    this.#index.add(row, hash);
    return row;
  }

  key(row: number): string {
    return this.#rows.text(row);
  }

  /** What is kept in a row. */
  get(row: number): Kept {
    if (row === NONE) return NOTHING;
    return { code: this.#code(row), attempts: this.#attempts(row), sends: this.#sends.get(row) };
  }

  /** Keeps this in a row and schedules its first end. If nothing is kept, the row is given up. */
  set(row: number, kept: Kept): void {
    const { code, attempts, sends } = kept;
    const end = firstEnd(kept);
    this.#live += Number(code !== undefined && code.goneAt === undefined) - Number(this.#isLive(row));
    const isCount = code === undefined && attempts !== undefined;
    this.#counts += Number(isCount) - Number(this.#isCount(row));
    if (this.#isIdle(row)) this.#idle.remove(row);
    this.#rows.setFloat(row, SERIAL, code?.serial ?? 0);
    this.#own.set(row, code?.own);
    if (code !== undefined) {
      this.#rows.setFloat(row, DIGITS, code.digits);
      this.#rows.setFloat(row, EXPIRES_AT, code.expiresAt);
      this.#rows.setFloat(row, GONE_AT, code.goneAt ?? 0);
    }
    this.#rows.setFloat(row, FORGET_AT, attempts?.forgetAt ?? 0);
    if (attempts !== undefined) {
      this.#rows.setWhole(row, FAILURES, attempts.failures);
      this.#rows.setWhole(row, LOCKS, attempts.locks);
      this.#rows.setFloat(row, LOCKED_UNTIL, attempts.lockedUntil);
    }
    if (this.#isIdle(row)) this.#idle.add(row);
    this.#sends.set(row, sends);
    if (end !== undefined) this.#wheel.schedule(row, end);
    else this.#remove(row);
  }

  /** Gives up the count that was used longest ago, of those without a code that have not locked. @returns whether it did */
  giveUpOldest(): boolean {
    const row = this.#idle.first;
    if (row !== NONE) this.set(row, NOTHING);
    return row !== NONE;
  }

  /** Takes records off the wheel whose first end has come. The caller must `set` each in the same step. */
  take(now: number, limit: number): { readonly entries: readonly number[]; readonly more: boolean } {
    return this.#wheel.take(now, limit);
  }

  /** All records in steps of a few. Each step shows the records as they are when the caller asks for it. */
  *steps(): Generator<number[]> {
    for (let first = 1; first <= this.#rows.used; first += STEP) {
      const rows = Array.from({ length: Math.min(STEP, this.#rows.used - first + 1) }, (_, i) => first + i);
      yield rows.filter((row) => this.#rows.text(row) !== '');
    }
  }

  #isLive(row: number): boolean {
    return this.#rows.float(row, SERIAL) !== 0 && this.#rows.float(row, GONE_AT) === 0;
  }

  #isCount(row: number): boolean {
    return this.#rows.float(row, SERIAL) === 0 && this.#rows.float(row, FORGET_AT) !== 0;
  }

  #isIdle(row: number): boolean {
    return this.#isCount(row) && this.#rows.whole(row, LOCKS) === 0;
  }

  #code(row: number): Code | undefined {
    const serial = this.#rows.float(row, SERIAL);
    if (serial === 0) return undefined;
    const goneAt = this.#rows.float(row, GONE_AT);
    return {
      serial,
      digits: this.#rows.float(row, DIGITS),
      expiresAt: this.#rows.float(row, EXPIRES_AT),
      goneAt: goneAt === 0 ? undefined : goneAt,
      own: this.#own.get(row),
    };
  }

  #attempts(row: number): Attempts | undefined {
    const forgetAt = this.#rows.float(row, FORGET_AT);
    if (forgetAt === 0) return undefined;
    const [failures, locks] = [this.#rows.whole(row, FAILURES), this.#rows.whole(row, LOCKS)];
    return { failures, locks, lockedUntil: this.#rows.float(row, LOCKED_UNTIL), forgetAt };
  }

  #remove(row: number): void {
    this.#wheel.cancel(row);
    this.#index.remove(row, this.#rows.whole(row, HASH));
    this.#rows.release(row);
  }
}
