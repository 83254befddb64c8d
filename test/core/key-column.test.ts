import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { KeyColumn } from '../../src/core/memory/key-column.ts';

/** Of few characters and much of one length, so that keys differ in little: from NUL to beyond Latin-1. */
const key = fc.string({
  unit: fc.constantFrom('a', 'b', '\0', '\x80', '\xff', '\u0100', 'Ł', '😀'),
  maxLength: 44,
});

describe('a column of keys', () => {
  test('gives back each key as it was set, short or long, whatever it replaces', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.option(key))), (steps) => {
        const column = new KeyColumn();
        const naive = new Map<number, string>();
        for (const [row, key] of steps) {
          if (key === null) {
            column.delete(row);
            naive.delete(row);
          } else {
            column.set(row, key);
            naive.set(row, key);
          }
          for (let row = 1; row <= 5; row++) expect(column.get(row)).toBe(naive.get(row));
        }
      }),
    );
  });

  test('knows a key from any other', () => {
    fc.assert(
      fc.property(key, key, (mine, other) => {
        const column = new KeyColumn();
        column.set(1, mine);
        expect(column.has(1, mine)).toBe(true);
        expect(column.has(1, other)).toBe(mine === other);
        expect(column.has(2, other)).toBe(false);
      }),
    );
  });

  test('keeps keys of rows far apart', () => {
    const column = new KeyColumn();
    for (let row = 1; row < 100_000; row += 997) column.set(row, `user-${row}`);
    for (let row = 1; row < 100_000; row += 997) expect(column.get(row)).toBe(`user-${row}`);
  });
});
