import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { Records } from '../../src/core/records.ts';
import { type Kept, numberOf } from '../../src/core/rules.ts';

const time = fc.integer({ min: 1, max: 4_000_000_000_000 });
const kept = fc.record({
  code: fc.option(
    fc.record({
      serial: fc.integer({ min: 1, max: 2 ** 40 }),
      digits: fc.stringMatching(/^[0-9]{4,10}$/).map(numberOf),
      expiresAt: time,
      goneAt: fc.option(time, { nil: undefined }),
    }),
    { nil: undefined },
  ),
  attempts: fc.option(
    fc.record({
      failures: fc.nat(100),
      locks: fc.nat(1_000),
      lockedUntil: fc.oneof(fc.constant(0), time),
      forgetAt: time,
    }),
    { nil: undefined },
  ),
  sends: fc.option(fc.record({ times: fc.array(time, { maxLength: 100 }), forgetAt: time }), {
    nil: undefined,
  }),
});
/** Short and long ones, in Latin-1 and beyond. */
const key = fc.oneof(
  fc.constantFrom('alice', 'bob', 'x'.repeat(44), 'x'.repeat(45), '\0alice', 'żółw', 'ÿ', 'é'.repeat(44)),
  fc.string({ minLength: 1, maxLength: 60 }),
);

describe('records', () => {
  test('keep under each key what was set last, and nothing where nothing is left, as a Map does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, kept), { minLength: 1, maxLength: 200 }), (steps) => {
        const records = new Records(0);
        const map = new Map<string, Kept>();
        for (const [key, kept] of steps) {
          records.set(records.find(key) || records.add(key), kept);
          const isEmpty = Object.values(kept).every((it) => it === undefined);
          if (isEmpty) map.delete(key);
          else map.set(key, kept);
          expect(records.size).toBe(map.size);
          for (const [key, kept] of map) {
            const row = records.find(key);
            expect(records.get(row)).toEqual(kept);
            expect(records.key(row)).toBe(key);
          }
          const live = [...map.values()].filter(
            ({ code }) => code !== undefined && code.goneAt === undefined,
          );
          expect(records.live).toBe(live.length);
          expect(records.wheel.entries).toBe(map.size);
          const counts = [...map.values()].filter(({ code, attempts }) => attempts && code === undefined);
          expect(records.counts).toBe(counts.length);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('give up counts without a code that have not locked, the one that was set longest ago first', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, kept), { minLength: 1, maxLength: 200 }), (steps) => {
        const records = new Records(0);
        const idle = new Set<string>();
        for (const [key, kept] of steps) {
          records.set(records.find(key) || records.add(key), kept);
          idle.delete(key);
          if (kept.code === undefined && kept.attempts?.locks === 0) idle.add(key);
        }
        const { size } = records;
        let given = 0;
        for (const key of idle) {
          expect(records.find(key)).not.toBe(0);
          expect(records.giveUpOldest()).toBe(true);
          expect(records.find(key)).toBe(0);
          expect(records.size).toBe(size - ++given);
        }
        expect(records.giveUpOldest()).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test('are all found among 100,000, those of a row that an earlier key had too, and no other is', () => {
    const records = new Records(0);
    const codeOf = (serial: number) => ({
      code: { serial, digits: numberOf('012345'), expiresAt: serial, goneAt: undefined },
    });
    const keyOf = (i: number) => `user-${i}`;
    for (let i = 1; i <= 100_000; i++) records.set(records.add(keyOf(i)), codeOf(i));
    for (let i = 1; i <= 100_000; i += 3) records.set(records.find(keyOf(i)), {});
    for (let i = 1; i <= 20_000; i++) records.set(records.add(`later-${i}`), codeOf(i));
    for (let i = 1; i <= 100_000; i++) {
      const { code } = records.get(records.find(keyOf(i)));
      if (code?.serial !== (i % 3 === 1 ? undefined : i))
        throw new Error(`${keyOf(i)} is not as it was left`);
    }
    for (let i = 1; i <= 20_000; i++)
      if (records.get(records.find(`later-${i}`)).code?.serial !== i) throw new Error(`later-${i} is lost`);
    expect(records.find('user-0')).toBe(0);
    expect(records.size).toBe(86_666);
    const all = [...records.steps()].flat();
    expect(new Set(all.map((row) => records.key(row))).size).toBe(86_666);
  });
});
