import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { TimingWheel } from '../../src/core/wheel.ts';

const T0 = 1_800_000_000_000;

/** A wheel whose entries have names. */
function wheelAt(now: number, slots = 8) {
  const wheel = new TimingWheel(now, slots);
  const names = [''];
  return {
    wheel,
    schedule: (name: string, deadline: number) => {
      const entry = names.push(name) - 1;
      wheel.schedule(entry, deadline);
      return entry;
    },
    nameOf: (entry: number) => names[entry],
    /** The names of all that is due, fetched in portions. */
    taken: (at: number, limit = 1_000) => drain(wheel, at, limit).map((entry) => names[entry]),
  };
}

function drain(wheel: TimingWheel, now: number, limit: number): number[] {
  const taken: number[] = [];
  do {
    const portion = wheel.take(now, limit);
    if (portion.length > limit) throw new Error(`${portion.length} entries, and ${limit} were asked for`);
    taken.push(...portion);
  } while (wheel.isBehind(now));
  return taken;
}

describe('a timing wheel', () => {
  test('gives an entry out at the first whole second at or after its deadline, once', () => {
    const { schedule, taken } = wheelAt(T0);
    schedule('a', T0 + 1_001);
    expect(taken(T0 + 1_000)).toEqual([]);
    expect(taken(T0 + 1_999)).toEqual([]);
    expect(taken(T0 + 2_000)).toEqual(['a']);
    expect(taken(T0 + 60_000)).toEqual([]);
  });

  test('gives out a deadline on a whole second at that very second', () => {
    const { schedule, taken } = wheelAt(T0);
    schedule('a', T0 + 1_000);
    expect(taken(T0 + 999)).toEqual([]);
    expect(taken(T0 + 1_000)).toEqual(['a']);
  });

  test('gives a deadline that has already passed out at the next tick, not at once and not a revolution later', () => {
    const { schedule, taken } = wheelAt(T0);
    schedule('late', T0 - 5_000);
    schedule('now', T0);
    expect(taken(T0 + 999)).toEqual([]);
    expect(taken(T0 + 1_000).sort()).toEqual(['late', 'now']);
  });

  test('keeps a deadline beyond a revolution until its own, though the hand passes its slot', () => {
    const { schedule, taken } = wheelAt(T0, 8);
    schedule('near', T0 + 3_000);
    schedule('far', T0 + 19_000);
    expect(taken(T0 + 3_000)).toEqual(['near']);
    for (let second = 4; second < 19; second++) expect(taken(T0 + second * 1_000)).toEqual([]);
    expect(taken(T0 + 19_000)).toEqual(['far']);
  });

  test('gives out everything after a leap over many revolutions, in the order of its second', () => {
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

  test('does nothing when the clock goes back, and goes on when it has caught up', () => {
    const { schedule, taken } = wheelAt(T0);
    schedule('a', T0 + 2_000);
    taken(T0 + 1_000);
    expect(taken(T0 - 3_600_000)).toEqual([]);
    expect(taken(T0 + 1_500)).toEqual([]);
    expect(taken(T0 + 2_000)).toEqual(['a']);
  });

  test('forgets a cancelled entry, also one that is due but not taken', () => {
    const { wheel, schedule, taken } = wheelAt(T0);
    const [a, b, c] = [
      schedule('a', T0 + 1_000),
      schedule('b', T0 + 1_000),
      schedule('c', T0 + 1_000),
    ] as const;
    schedule('d', T0 + 2_000);
    wheel.cancel(b);
    wheel.cancel(b);
    expect(wheel.take(T0 + 1_000, 1)).toEqual([c]);
    wheel.cancel(a);
    wheel.cancel(c);
    expect(taken(T0 + 1_000)).toEqual([]);
    expect(wheel.size).toBe(1);
  });

  test('moves an entry that is scheduled again: it comes once, at its new time', () => {
    const { wheel, schedule, taken } = wheelAt(T0);
    const a = schedule('a', T0 + 1_000);
    wheel.schedule(a, T0 + 5_000);
    expect(wheel.size).toBe(1);
    expect(taken(T0 + 4_000)).toEqual([]);
    expect(taken(T0 + 5_000)).toEqual(['a']);
  });

  test('gives out no more than it is asked for, and says whether there is more', () => {
    const { wheel, schedule } = wheelAt(T0);
    for (let i = 0; i < 10; i++) schedule(String(i), T0 + 1_000);
    for (const [length, behind, size] of [
      [4, true, 6],
      [4, true, 2],
      [2, false, 0],
      [0, false, 0],
    ] as const) {
      expect(wheel.take(T0 + 1_000, 4)).toHaveLength(length);
      expect(wheel.isBehind(T0 + 1_000)).toBe(behind);
      expect(wheel.size).toBe(size);
    }
  });

  test('follows a leap of a year in strides while anything is on it, and in one when nothing is', () => {
    const { wheel, schedule, nameOf } = wheelAt(T0, 4_096);
    for (let second = 1; second <= 90_000; second += 3) schedule(String(second), T0 + second * 1_000);
    const now = T0 + 31_622_400_000;
    const taken: number[] = [];
    let steps = 0;
    for (; wheel.isBehind(now); steps++)
      taken.push(...wheel.take(now, 100_000).map((entry) => Number(nameOf(entry))));
    expect(taken).toEqual(Array.from({ length: 30_000 }, (_, i) => 1 + 3 * i));
    expect(steps).toBeLessThan(100);
  });

  test('keeps nothing of seconds that passed with nothing to take', () => {
    // Would not end in time if each second left a bucket on the one slot, to be looked through by those after it.
    const { wheel } = wheelAt(T0, 1);
    for (let second = 1; second <= 100_000; second++) {
      wheel.schedule(1, T0 + second * 1_000);
      wheel.cancel(1);
      expect(wheel.take(T0 + second * 1_000, 1)).toEqual([]);
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
          const wheel = new TimingWheel(T0, slots);
          const naive = new NaiveWheel(T0);
          let now = T0;
          for (const action of steps) {
            if (action.do === 'take') {
              now += action.move;
              expect(naive.accepts(drain(wheel, now, action.limit), now)).toBe(true);
            } else {
              const entry = 1 + action.entry;
              if (action.do === 'cancel') wheel.cancel(entry);
              else wheel.schedule(entry, now + action.in);
              naive.put(entry, action.do === 'cancel' ? undefined : now + action.in);
            }
            expect(wheel.size).toBe(naive.size);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('gives out of the second that has begun what is due already, to whoever cannot wait, once', () => {
    const { wheel, schedule, nameOf, taken } = wheelAt(T0, 8);
    for (const name of ['a', 'b', 'c']) schedule(name, T0 + 300);
    schedule('late', T0 + 900);
    schedule('other', T0 + 8_300);
    const isDue = (entry: number) => nameOf(entry)?.length === 1;
    expect(wheel.takeBegun(2, isDue)).toHaveLength(2);
    expect(wheel.takeBegun(2, isDue)).toHaveLength(1);
    expect(wheel.takeBegun(2, isDue)).toEqual([]);
    expect(wheel.size).toBe(2);
    expect(taken(T0 + 1_000)).toEqual(['late']);
    expect(taken(T0 + 9_000)).toEqual(['other']);
  });

  test('shows where its hand is and how many entries each slot has, those of later revolutions too', () => {
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
  #latest: number;

  constructor(now: number) {
    this.#latest = now;
  }

  get size(): number {
    return this.#waiting.size;
  }

  put(entry: number, deadline: number | undefined): void {
    this.#waiting.delete(entry);
    if (deadline === undefined) return;
    const next = Math.floor(this.#latest / 1_000) + 1;
    this.#waiting.set(entry, { deadline, second: Math.max(Math.ceil(deadline / 1_000), next) });
  }

  /** Whether `taken` is what is due at `now`: none early, none left, earliest second first. */
  accepts(taken: readonly number[], now: number): boolean {
    this.#latest = Math.max(this.#latest, now);
    const hand = Math.floor(this.#latest / 1_000);
    const due = [...this.#waiting.values()].map(({ second }) => second).filter((second) => second <= hand);
    const seconds = taken.map((entry) => {
      const { deadline = Number.POSITIVE_INFINITY, second = Number.NaN } = this.#waiting.get(entry) ?? {};
      this.#waiting.delete(entry);
      return deadline <= this.#latest ? second : Number.NaN;
    });
    return Bun.deepEquals(
      seconds,
      due.sort((a, b) => a - b),
    );
  }
}
