import type { Clock } from '../kernel/clock.ts';
import { type Scheduled, TimingWheel } from '../kernel/timing-wheel.ts';
import { type CodeState, canCancel, fateOfEarlier, judgeGuess, whenDue } from '../rules/code-life.ts';
import { ShardedMap } from './sharded-map.ts';
import type { Expired, Issued, Judged, Otp, Store, Wanted, Whose } from './store.ts';

/**
 * Codes in this process's memory, with a timing wheel that reminds of each deadline.
 *
 * No method waits in its middle, so each runs from start to end with nothing in between: that, and no lock,
 * makes it atomic. A record is on the wheel for as long as it is in the map.
 */
export class MemoryStore implements Store {
  readonly #clock: Clock;
  readonly #run: string;
  readonly #records = new ShardedMap<CodeRecord>();
  readonly #wheel: TimingWheel<CodeRecord>;
  #issued = 0;

  /** @param run names this run of the service, and is the first part of every code's id */
  constructor(clock: Clock, run: string) {
    this.#clock = clock;
    this.#run = run;
    this.#wheel = new TimingWheel(clock.now());
  }

  /** How many records take memory, and how many of them the wheel will come back to: always all. */
  get size(): { records: number; scheduled: number } {
    return { records: this.#records.size, scheduled: this.#wheel.size };
  }

  async request(wanted: Wanted): Promise<Issued> {
    const now = this.#clock.now();
    const key = keyOf(wanted);
    const earlier = this.#records.get(key);
    const fate = fateOfEarlier(earlier, now);
    if (earlier !== undefined) this.#wheel.cancel(earlier);

    this.#issued++;
    const record = new CodeRecord(`${this.#run}-${this.#issued}`, wanted, now + wanted.ttlMs);
    this.#records.set(key, record);
    this.#wheel.schedule(record, record.expiresAt);

    const otp = record.otp;
    return earlier === undefined || fate === 'none' ? { otp } : { otp, earlier: { otp: earlier.otp, fate } };
  }

  async verify(whose: Whose, guess: string): Promise<Judged> {
    const record = this.#records.get(keyOf(whose));
    const verdict = judgeGuess(record, guess, this.#clock.now());
    if (record === undefined || verdict === 'none') return { verdict: 'none' };
    if (verdict === 'verified') this.#forget(record);
    return { verdict, otp: record.otp };
  }

  async cancel(whose: Whose): Promise<Otp | undefined> {
    const record = this.#records.get(keyOf(whose));
    if (record === undefined || !canCancel(record, this.#clock.now())) return undefined;
    this.#forget(record);
    return record.otp;
  }

  async expire(limit: number): Promise<Expired> {
    const now = this.#clock.now();
    const due = this.#wheel.take(now, limit);
    const expired: Otp[] = [];
    for (const record of due) {
      record.goneAt = whenDue(record, now);
      if (record.goneAt === undefined) {
        this.#records.delete(keyOf(record));
      } else {
        this.#wheel.schedule(record, record.goneAt);
        expired.push(record.otp);
      }
    }
    return { expired, more: due.length === limit };
  }

  async ready(): Promise<boolean> {
    return true;
  }

  #forget(record: CodeRecord): void {
    this.#wheel.cancel(record);
    this.#records.delete(keyOf(record));
  }
}

/** No user and no purpose contains NUL, so no two pairs share a key. */
function keyOf({ user, purpose }: Whose): string {
  return `${user}\0${purpose}`;
}

/** What is kept of a code, and its place on the wheel. */
class CodeRecord implements CodeState, Whose, Scheduled<CodeRecord> {
  readonly user: string;
  readonly purpose: string;
  readonly code: string;
  goneAt: number | undefined;
  bucket: Scheduled<CodeRecord>['bucket'];
  index = 0;

  constructor(
    readonly id: string,
    wanted: Wanted,
    readonly expiresAt: number,
  ) {
    this.user = wanted.user;
    this.purpose = wanted.purpose;
    this.code = wanted.code;
  }

  /** This code as others speak of it: without its digits. */
  get otp(): Otp {
    return { id: this.id, user: this.user, purpose: this.purpose, expiresAt: this.expiresAt };
  }
}
