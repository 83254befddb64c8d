import { expect, test } from 'bun:test';
import { HashIndex } from '../../src/core/hash-index.ts';

/** An index of the keys at these rows; row 0 has none. */
function indexOf(...keys: string[]) {
  return new HashIndex((row, key) => keys[row - 1] === key);
}

test('keys with the same hash each have their own row, also after one of them is removed', () => {
  const keys = ['alice', 'bob', 'carol'];
  const index = indexOf(...keys);
  const found = () => keys.map((key) => index.find(key, 7));
  for (let row = 1; row <= 3; row++) index.add(row, 7);
  expect(found()).toEqual([1, 2, 3]);
  expect(index.find('dave', 7)).toBe(0);
  index.remove(2, 7);
  expect(found()).toEqual([1, 0, 3]);
  index.remove(1, 7);
  expect(found()).toEqual([0, 0, 3]);
  expect(index.size).toBe(1);
});

test('a key moved past the last slot is found again after the keys before it are removed', () => {
  // A new shard has 8 slots: these hashes name the last two, so the third and the fourth key stand in the first two.
  const index = indexOf('a', 'b', 'c', 'd');
  const hashes = [6, 7, 6, 7];
  for (const [i, hash] of hashes.entries()) index.add(i + 1, hash);
  const found = () => ['a', 'b', 'c', 'd'].map((key, i) => index.find(key, hashes[i] ?? 0));
  index.remove(1, 6);
  expect(found()).toEqual([0, 2, 3, 4]);
  index.remove(2, 7);
  expect(found()).toEqual([0, 0, 3, 4]);
  index.remove(3, 6);
  expect(found()).toEqual([0, 0, 0, 4]);
});

test('to remove a row that is not there is an error, not an endless search', () => {
  const index = indexOf('a');
  index.add(1, 7);
  expect(() => index.remove(2, 7)).toThrow('row 2 is not in the index');
});

test('names that an attacker has chosen for one seed lie apart under another, so they make no search slow', () => {
  const index = indexOf();
  const names = Array.from({ length: 300_000 }, (_, i) => `user-${i}`);
  // Without a seed they would all stand in one shard, one behind the other.
  const chosen = names.filter((name) => Bun.hash.xxHash32(name, 0) % 2 ** 10 === 0);
  expect(chosen.length).toBeGreaterThan(200);
  const slots = new Set(chosen.map((name) => index.hash(name) % 2 ** 10));
  expect(slots.size).toBeGreaterThan(chosen.length / 2);
});
