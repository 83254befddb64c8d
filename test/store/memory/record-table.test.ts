import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { RecordTable } from '../../../src/store/memory/record-table.ts';

describe('a record table', () => {
  test('agrees with a Map, whatever is added and deleted', () => {
    const step = fc.tuple(fc.boolean(), fc.nat(3_000));
    fc.assert(
      fc.property(fc.array(step, { minLength: 500, maxLength: 5_000 }), (steps) => {
        const table = new RecordTable<{ key: string }>();
        const map = new Map<string, { key: string }>();
        for (const [add, n] of steps) {
          const key = `user-${n}`;
          if (!add) {
            table.delete(key);
            map.delete(key);
          } else if (!map.has(key)) {
            const record = { key };
            table.add(record);
            map.set(key, record);
          }
        }
        expect(table.size).toBe(map.size);
        for (let n = 0; n <= 3_000; n++) {
          if (table.get(`user-${n}`) !== map.get(`user-${n}`)) throw new Error(`they differ at user-${n}`);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('finds each of 200,000 records while it grows to them and shrinks to nothing', () => {
    const table = new RecordTable<{ key: string }>();
    const records = Array.from({ length: 200_000 }, (_, n) => ({ key: `user-${n}` }));
    for (const record of records) table.add(record);
    expect(table.size).toBe(200_000);
    for (const [n, record] of records.entries()) {
      if (table.get(record.key) !== record) throw new Error(`${record.key} is lost`);
      table.delete(record.key);
      if (table.get(record.key) !== undefined) throw new Error(`${record.key} is still there`);
      if (n % 1_000 === 999 && table.get(`user-${n + 1}`) !== records[n + 1])
        throw new Error(`user-${n + 1} is lost`);
    }
    expect(table.size).toBe(0);
  });

  test('gives all records in parts, of which each is as it is then', () => {
    const table = new RecordTable<{ key: string }>();
    for (let n = 0; n < 5_000; n++) table.add({ key: `user-${n}` });
    const seen = new Set<string>();
    for (const part of table.parts()) {
      expect(part.length).toBeLessThan(100);
      for (const { key } of part) {
        seen.add(key);
        table.delete(key);
      }
    }
    expect(seen.size).toBe(5_000);
    expect(table.size).toBe(0);
  });

  test('knows no key that was not added, the empty one included', () => {
    const table = new RecordTable<{ key: string }>();
    expect(table.get('')).toBeUndefined();
    table.delete('nobody');
    table.add({ key: '' });
    expect(table.get('')).toEqual({ key: '' });
    expect(table.size).toBe(1);
  });
});
