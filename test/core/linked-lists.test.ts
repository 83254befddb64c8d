import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { LinkedLists } from '../../src/core/linked-lists.ts';

test('linked lists agree with sets, whatever is added, removed and discarded', () => {
  const step = fc.record({
    do: fc.constantFrom('add' as const, 'remove' as const, 'discard' as const),
    entry: fc.integer({ min: 1, max: 12 }),
    list: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const lists = new LinkedLists();
      const pairs = Array.from({ length: 4 }, () => ({ list: lists.create(), set: new Set<number>() }));
      for (const { do: action, entry, list: n } of steps) {
        const pair = pairs[n];
        if (pair === undefined) throw new Error('four lists');
        if (action === 'remove' || (action === 'add' && pairs.some(({ set }) => set.has(entry))))
          expect(lists.remove(entry)).toBe(pairs.some(({ set }) => set.delete(entry)));
        if (action === 'add') {
          lists.add(pair.list, entry);
          pair.set.add(entry);
        }
        if (action === 'discard' && pair.set.size === 0) {
          lists.discard(pair.list);
          pair.list = lists.create();
        }
        for (const { list, set } of pairs) {
          expect([...lists.entriesOf(list)].sort()).toEqual([...set].sort());
          expect(list.length).toBe(set.size);
        }
      }
    }),
  );
});

test('entries may be removed while a list is gone through', () => {
  const lists = new LinkedLists();
  const list = lists.create();
  for (let entry = 1; entry <= 5; entry++) lists.add(list, entry);
  const seen: number[] = [];
  for (const entry of lists.entriesOf(list)) {
    seen.push(entry);
    lists.remove(entry);
  }
  expect(seen.sort()).toEqual([1, 2, 3, 4, 5]);
  expect(list).toMatchObject({ first: 0, length: 0 });
});
