import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { RecordTable } from '../../src/core/memory/record-table.ts';

describe('a record table', () => {
  test('agrees with a Map, whatever is added and deleted, and has no more rows than were needed together', () => {
    const step = fc.tuple(fc.boolean(), fc.nat(3_000));
    fc.assert(
      fc.property(fc.array(step, { minLength: 500, maxLength: 5_000 }), (steps) => {
        const table = new RecordTable();
        const map = new Map<string, number>();
        let most = 0;
        for (const [add, n] of steps) {
          const key = `user-${n}`;
          if (!add) {
            table.delete(key);
            map.delete(key);
          } else if (!map.has(key)) {
            map.set(key, table.add(key));
            most = Math.max(most, map.size);
          }
        }
        expect(table.size).toBe(map.size);
        expect(new Set(map.values()).size).toBe(map.size);
        for (const [key, row] of map) {
          if (row < 1 || row > most) throw new Error(`${key} has row ${row}, of ${most} that were needed`);
          if (table.keyOf(row) !== key) throw new Error(`row ${row} is not ${key}'s`);
        }
        for (let n = 0; n <= 3_000; n++) {
          if (table.find(`user-${n}`) !== (map.get(`user-${n}`) ?? 0))
            throw new Error(`they differ at user-${n}`);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('finds each of 200,000 keys while it grows to them and shrinks to nothing', () => {
    const table = new RecordTable();
    const keys = Array.from({ length: 200_000 }, (_, n) => `user-${n}`);
    const rows = keys.map((key) => table.add(key));
    expect(table.size).toBe(200_000);
    for (const [n, key] of keys.entries()) {
      if (table.find(key) !== rows[n]) throw new Error(`${key} is lost`);
      table.delete(key);
      if (table.find(key) !== 0) throw new Error(`${key} is still there`);
      if (n % 1_000 === 999 && table.find(`user-${n + 1}`) !== (rows[n + 1] ?? 0))
        throw new Error(`user-${n + 1} is lost`);
    }
    expect(table.size).toBe(0);
  });

  test('gives all rows in steps, each as it stands when it is asked for', () => {
    const table = new RecordTable();
    for (let n = 0; n < 5_000; n++) table.add(`user-${n}`);
    const seen: string[] = [];
    for (const step of table.steps()) {
      expect(step.length).toBeLessThan(200);
      if (seen.length === 0) {
        for (const key of ['user-4998', 'user-4999']) table.delete(key);
        table.add('later');
      }
      seen.push(...step.map((row) => table.keyOf(row)));
    }
    const left = Array.from({ length: 4_998 }, (_, n) => `user-${n}`);
    expect(seen.sort()).toEqual([...left, 'later'].sort());
  });

  test('knows no key that was not added, the empty one included', () => {
    const table = new RecordTable();
    expect(table.find('')).toBe(0);
    table.delete('nobody');
    const row = table.add('');
    expect(table.find('')).toBe(row);
    expect(table.keyOf(row)).toBe('');
    expect(table.size).toBe(1);
  });

  test('has no key of a row that was given up', () => {
    const table = new RecordTable();
    const row = table.add('alice');
    table.delete('alice');
    expect(() => table.keyOf(row)).toThrow();
  });
});
