import { expect, test } from 'bun:test';
import { nearest } from '../../src/http/nearest.ts';

test('the nearest word is the one with the fewest letters to change, and none is near a stranger', () => {
  const words = ['port', 'host', 'store', 'ttl'];
  expect(['prot', 'prt', 'hots', 'stor', 'tll', 'port'].map((word) => nearest(word, words))).toEqual([
    'port',
    'port',
    'host',
    'store',
    'ttl',
    'port',
  ]);
  expect(['x', 'pepper', '', 'hostname'].map((word) => nearest(word, words))).toEqual(
    Array.from({ length: 4 }, () => undefined),
  );
});
