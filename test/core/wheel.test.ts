import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { Rows } from '../../src/core/rows.ts';
import { TimingWheel } from '../../src/core/wheel.ts';

const T0 = 1_800_000_000_000;

/** A wheel whose entries have names. */
function wheelAt(now: number, slots = 8) {
  const rows = new Rows();
  const wheel = new TimingWheel(rows, now, slots);
  const names = new Map<number, string>();
  const nameOf = (entry: number) => names.get(entry) ?? '?';
  return {
    wheel,
    schedule: (name: string, deadline: number) => {
      const entry = rows.take();
      names.set(entry, name);
      wheel.schedule(entry, deadline);
      return entry;
    },
    nameOf,
    /** The names of all that is due, taken in portions. */
    taken: (at: number, limit = 1_000) => drain(wheel, at, limit).map(nameOf),
  };
}

function drain(wheel: TimingWheel, now: number, limit: number): number[] {
  const taken: number[] = [];
  for (let more = true; more; ) {
    const portion = wheel.take(now, limit);
    if (portion.entries.length > limit)
      throw new Error(`${portion.entries.length} entries, over the limit of ${limit}`);
    taken.push(...portion.entries);
    more = portion.more;
  }
  return taken;
}

describe('a timing wheel', () => {
  test('reminds of a deadline once, at its very millisecond and not before', () => {
    const { schedule, taken } = wheelAt(T0);
    schedule('a', T0 + 1_001);
    expect(taken(T0 + 1_000)).toEqual([]);
    expect(taken(T0 + 1_001)).toEqual(['a']);
    expect(taken(T0 + 60_000)).toEqual([]);
  });

  test('reminds of a deadline on a whole second at that second', () => {
    const { schedule, taken } = wheelAt(T0);
    schedule('a', T0 + 1_000);
    expect(taken(T0 + 999)).toEqual([]);
    expect(taken(T0 + 1_000)).toEqual(['a']);
  });

  test('reminds at once of a deadline that has already passed', () => {
    const { schedule, taken } = wheelAt(T0);
    schedule('late', T0 - 5_000);
    schedule('now', T0);
    schedule('later', T0 + 1);
    expect(taken(T0).sort()).toEqual(['late', 'now']);
  });

  test('keeps a deadline beyond a revolution, although the hand passes its slot', () => {
    const { schedule, taken } = wheelAt(T0, 8);
    schedule('near', T0 + 3_000);
    schedule('far', T0 + 19_000);
    expect(taken(T0 + 3_000)).toEqual(['near']);
    for (let second = 4; second < 19; second++) expect(taken(T0 + second * 1_000)).toEqual([]);
    expect(taken(T0 + 19_000)).toEqual(['far']);
  });

  test('takes out everything after a jump over many revolutions, in the order of its second', () => {
    const { schedule, taken } = wheelAt(T0, 8);
    for (const second of [11, 3, 27, 5, 20, 4, 19]) schedule(String(second), T0 + second * 1_000);
    schedule('later', T0 + 40_000);
    expect(taken(T0 + 30_000)).toEqual(['3', '4', '5', '11', '19', '20', '27']);
  });

  test('skips no slot after a stall', () => {
    const { schedule, taken } = wheelAt(T0, 64);
    const seconds = Array.from({ length: 50 }, (_, i) => String(i + 1));
    for (const second of seconds) schedule(second, T0 + Number(second) * 1_000);
    expect(taken(T0 + 1_000)).toEqual(['1']);
    expect(taken(T0 + 49_500)).toEqual(seconds.slice(1, 49));
    expect(taken(T0 + 50_000)).toEqual(['50']);
  });

  test('waits when the clock goes back, and goes on when it has caught up', () => {
    const { schedule, taken } = wheelAt(T0);
    schedule('a', T0 + 2_000);
    taken(T0 + 1_000);
    expect(taken(T0 - 3_600_000)).toEqual([]);
    expect(taken(T0 + 1_500)).toEqual([]);
    expect(taken(T0 + 2_000)).toEqual(['a']);
  });

  test('forgets a cancelled entry, also one that is due but not taken yet', () => {
    const { wheel, schedule, taken } = wheelAt(T0);
    const [a, b, c] = [
      schedule('a', T0 + 1_000),
      schedule('b', T0 + 1_000),
      schedule('c', T0 + 1_000),
    ] as const;
    schedule('d', T0 + 2_000);
    wheel.cancel(b);
    wheel.cancel(b);
    expect(wheel.take(T0 + 1_000, 1)).toEqual({ entries: [c], more: true });
    wheel.cancel(a);
    wheel.cancel(c);
    expect(taken(T0 + 1_000)).toEqual([]);
    expect(wheel.view.entries).toBe(1);
  });

  test('goes on behind an entry of the second that has begun if that is cancelled or moved between two calls', () => {
    for (const leave of ['cancel', 'move'] as const) {
      const { wheel, schedule, taken, nameOf } = wheelAt(T0);
      const [, b] = ['a', 'b', 'c'].map((name) => schedule(name, T0 + 100));
      expect(wheel.take(T0 + 500, 1).entries.map(nameOf)).toEqual(['c']);
      if (leave === 'cancel') wheel.cancel(b ?? 0);
      else wheel.schedule(b ?? 0, T0 + 5_000);
      expect(taken(T0 + 500)).toEqual(['a']);
    }
  });

  test('moves an entry that is scheduled again: it comes once, at its new time', () => {
    const { wheel, schedule, taken } = wheelAt(T0);
    const a = schedule('a', T0 + 1_000);
    wheel.schedule(a, T0 + 5_000);
    expect(wheel.view.entries).toBe(1);
    expect(taken(T0 + 4_000)).toEqual([]);
    expect(taken(T0 + 5_000)).toEqual(['a']);
  });

  test('takes out no more than its limit, and says whether there is more', () => {
    const { wheel, schedule } = wheelAt(T0);
    for (let i = 0; i < 10; i++) schedule(String(i), T0 + 1_000);
    for (const [length, more, left] of [
      [4, true, 6],
      [4, true, 2],
      [2, false, 0],
      [0, false, 0],
    ] as const) {
      const taken = wheel.take(T0 + 1_000, 4);
      expect([taken.entries.length, taken.more]).toEqual([length, more]);
      expect(wheel.view.entries).toBe(left);
    }
  });

  test('looks at no entry of the second that has begun before the first of their deadlines', () => {
    const { wheel, schedule, nameOf } = wheelAt(T0);
    for (const name of ['1', '2', '3', '4', '5']) schedule(name, T0 + 600);
    expect(wheel.take(T0 + 599, 2)).toEqual({ entries: [], more: false });
    const { entries, more } = wheel.take(T0 + 600, 2);
    expect([entries.map(nameOf).length, more]).toEqual([2, true]);
  });

  test('looks at no more than its limit in the second that has begun, and goes on where it stopped', () => {
    const { wheel, schedule, nameOf } = wheelAt(T0);
    for (const name of ['1', '2', '3', '4', '5']) schedule(name, T0 + 100);
    const later = schedule('later', T0 + 900);
    for (const name of ['6', '7', '8', '9']) schedule(name, T0 + 100);
    const portions: string[][] = [];
    for (let more = true; more; ) {
      const portion = wheel.take(T0 + 500, 2);
      portions.push(portion.entries.map(nameOf));
      more = portion.more;
      // The entry at which the next call would go on is cancelled in between.
      if (portions.length === 2) wheel.cancel(later);
    }
    expect(portions.every((it) => it.length <= 2)).toBe(true);
    expect(portions.flat().sort()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(wheel.view.entries).toBe(0);
  });

  test('follows a jump of a year in strides, and in one if nothing is scheduled', () => {
    const { wheel, schedule, nameOf } = wheelAt(T0, 4_096);
    for (let second = 1; second <= 90_000; second += 3) schedule(String(second), T0 + second * 1_000);
    const taken: number[] = [];
    let calls = 0;
    for (let more = true; more; calls++) {
      const portion = wheel.take(T0 + 31_622_400_000, 100_000);
      taken.push(...portion.entries.map((entry) => Number(nameOf(entry))));
      more = portion.more;
    }
    expect(taken).toEqual(Array.from({ length: 30_000 }, (_, i) => 1 + 3 * i));
    expect(calls).toBeLessThan(100);
  });

  test('keeps nothing of seconds that passed with nothing to take', () => {
    // Would not end in time if each second left a bucket in the one slot, for those after it to look through.
    const { wheel, schedule } = wheelAt(T0, 1);
    const entry = schedule('a', T0);
    for (let second = 1; second <= 100_000; second++) {
      wheel.schedule(entry, T0 + second * 1_000);
      wheel.cancel(entry);
      expect(wheel.take(T0 + second * 1_000, 1)).toEqual({ entries: [], more: false });
    }
    expect(wheel.view.occupied).toEqual([]);
  });

  test('agrees with a naive list, whatever is scheduled, moved and cancelled, and however the clock jumps', () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('schedule' as const),
          entry: fc.nat(19),
          in: fc.integer({ min: -5_000, max: 40_000 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), entry: fc.nat(19) }) },
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant('take' as const),
          move: fc.oneof(fc.integer({ min: 0, max: 2_500 }), fc.integer({ min: -30_000, max: 60_000 })),
          limit: fc.oneof(fc.constant(1_000), fc.integer({ min: 1, max: 4 })),
        }),
      },
    );
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 20, maxLength: 120 }),
        fc.constantFrom(1, 2, 8, 64),
        (steps, slots) => {
          const rows = new Rows();
          const entries = Array.from({ length: 20 }, () => rows.take());
          const wheel = new TimingWheel(rows, T0, slots);
          const naive = new NaiveWheel(T0);
          let now = T0;
          for (const action of steps) {
            if (action.do === 'take') {
              now += action.move;
              expect(naive.accepts(drain(wheel, now, action.limit), now)).toBe(true);
            } else {
              const entry = entries[action.entry] ?? 0;
              if (action.do === 'cancel') wheel.cancel(entry);
              else wheel.schedule(entry, now + action.in);
              naive.put(entry, action.do === 'cancel' ? undefined : now + action.in);
            }
            expect(wheel.view.entries).toBe(naive.size);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('shows its hand and how many entries each slot has, those of later revolutions too', () => {
    const { wheel, schedule, taken } = wheelAt(T0, 8);
    const now = (T0 / 1_000) % 8;
    const slot = (ahead: number) => (now + ahead) % 8;
    expect(wheel.view).toEqual({ slots: 8, current: now, entries: 0, occupied: [] });
    for (const ahead of [3, 3, 11, 5]) schedule(`${ahead}`, T0 + ahead * 1_000);
    const { current, entries, occupied } = wheel.view;
    expect({ current, entries }).toEqual({ current: now, entries: 4 });
    expect(new Map(occupied.map(({ slot, entries }) => [slot, entries]))).toEqual(
      new Map([
        [slot(3), 3],
        [slot(5), 1],
      ]),
    );
    wheel.take(T0 + 3_000, 1);
    expect(wheel.view).toMatchObject({ current: slot(3), entries: 3 });
    expect(wheel.view.occupied).toContainEqual({ slot: slot(3), entries: 2 });
    taken(T0 + 5_000);
    expect(wheel.view).toMatchObject({ entries: 1, occupied: [{ slot: slot(11), entries: 1 }] });
  });
});

/** The same promises kept in the simplest way: a list that is searched. */
class NaiveWheel {
  readonly #waiting = new Map<number, { deadline: number; second: number }>();
  /** The last whole second that was passed. */
  #hand: number;

  constructor(now: number) {
    this.#hand = Math.floor(now / 1_000);
  }

  get size(): number {
    return this.#waiting.size;
  }

  put(entry: number, deadline: number | undefined): void {
    this.#waiting.delete(entry);
    if (deadline === undefined) return;
    this.#waiting.set(entry, { deadline, second: Math.max(Math.ceil(deadline / 1_000), this.#hand + 1) });
  }

  /** Whether `taken` is what is due at `now`: none early, none left, earliest second first. */
  accepts(taken: readonly number[], now: number): boolean {
    this.#hand = Math.max(this.#hand, Math.floor(now / 1_000));
    const isDue = ({ deadline, second }: { deadline: number; second: number }) =>
      second <= this.#hand || (second === this.#hand + 1 && deadline <= now);
    const due = [...this.#waiting.values()].filter(isDue).map(({ second }) => second);
    const seconds = taken.map((entry) => {
      const known = this.#waiting.get(entry);
      this.#waiting.delete(entry);
      return known !== undefined && isDue(known) ? known.second : Number.NaN;
    });
    return Bun.deepEquals(
      seconds,
      due.sort((a, b) => a - b),
    );
  }
}
