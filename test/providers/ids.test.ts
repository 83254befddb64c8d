import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { packId, unpackId } from '../../src/providers/ids.ts';

describe('a packed id', () => {
  test('is 32 hexadecimal digits, the first three of them 0, and is read back', () => {
    const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789');
    const name = fc.string({ unit: letter, minLength: 1, maxLength: 12 }).filter((it) => !it.startsWith('0'));
    fc.assert(
      fc.property(
        name,
        fc.nat(Number.MAX_SAFE_INTEGER),
        fc.constantFrom('c' as const, 'm' as const),
        (run, n, kind) => {
          const packed = packId(`${run}-${kind}${n}`);
          expect(packed).toMatch(/^000[0-9a-f]{29}$/);
          expect(unpackId(packed, kind)).toBe(`${run}-${kind}${n}`);
        },
      ),
    );
  });

  test('has room for the longest ids of a run and of a shard', () => {
    for (const id of ['zzzzzzzzzzzz-c9007199254740991', 's15-c1795902000000000'])
      expect(unpackId(packId(id), 'c')).toBe(id);
  });
});
