import { describe, expect, test } from 'bun:test';
import { addressFrom, ownersOf, slotOf } from '../../src/redis/slots.ts';

describe('the slot of a key', () => {
  // As CLUSTER KEYSLOT answers.
  test.each([
    ['123456789', 12_739],
    ['', 0],
    ['foo', 12_182],
    ['otp:mock:{foo}:live', 12_182],
    ['{foo}{bar}', 12_182],
    ['{}foo', 9_500],
    ['{foo', 13_308],
  ])('%s is %i', (key, slot) => {
    expect(slotOf(key)).toBe(slot);
  });
});

describe('the map of slots', () => {
  const node = (host: string | null, port: number) => [host, port, 'id', []];

  test('has the primary of each slot, and nothing for a slot without one', () => {
    const owners = ownersOf(
      [
        [0, 99, node('10.0.0.1', 6379), node('10.0.0.2', 6379)],
        [16_383, 16_383, node('::1', 6380)],
      ],
      'redis:6379',
    );
    expect(owners).toHaveLength(16_384);
    expect([owners[0], owners[99], owners[100], owners[16_383]]).toEqual([
      '10.0.0.1:6379',
      '10.0.0.1:6379',
      undefined,
      '[::1]:6380',
    ]);
  });

  test('takes the host that was asked for that of a node that does not know its own', () => {
    for (const host of [null, '', '?'])
      expect(ownersOf([[0, 0, node(host, 7_000)]], '[::1]:6379')[0]).toBe('[::1]:7000');
    expect(addressFrom(':7000', 'redis:6379')).toBe('redis:7000');
  });
});
