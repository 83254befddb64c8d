import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { FreeRows } from '../../src/core/memory/free-rows.ts';

test('gives out what was given up, and of that always the lowest first', () => {
  const row = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 5_000_000 }));
  fc.assert(
    fc.property(fc.array(fc.option(row, { freq: 3 }), { maxLength: 200 }), (steps) => {
      const rows = new FreeRows();
      const model = new Set<number>();
      for (const step of [...steps, ...steps.map(() => null)]) {
        if (step !== null) {
          rows.add(step);
          model.add(step);
        } else {
          const lowest = model.size === 0 ? undefined : Math.min(...model);
          expect(rows.take()).toBe(lowest);
          if (lowest !== undefined) model.delete(lowest);
        }
      }
      expect(rows.take()).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

test('keeps order over as many rows as one has codes', () => {
  const rows = new FreeRows();
  for (let row = 200_000; row > 0; row--) rows.add((row * 7_919) % 200_003);
  let before = 0;
  let taken = 0;
  for (let row = rows.take(); row !== undefined; row = rows.take()) {
    if (row <= before) throw new Error(`${row} came after ${before}`);
    before = row;
    taken++;
  }
  expect(taken).toBe(200_000);
});
