import { describe, expect, test } from 'bun:test';
import {
  angleOf,
  clusterOffset,
  depthOf,
  easeOut,
  handAt,
  secondOf,
  turnsAhead,
} from '../../src/page/model/wheel-geometry.ts';

test('a deadline belongs to the first whole second at or after it, as on the service’s own wheel', () => {
  expect([4_000, 4_200, 4_999, 5_000].map(secondOf)).toEqual([4, 5, 5, 5]);
});

test('second 0 is at the top, and the hand goes clockwise', () => {
  expect(angleOf(0)).toBeCloseTo(-Math.PI / 2);
  expect(angleOf(15)).toBeCloseTo(0);
  expect(angleOf(30)).toBeCloseTo(Math.PI / 2);
  expect(angleOf(60 * 1_000 + 45)).toBeCloseTo(Math.PI);
});

describe('a code’s turns ahead', () => {
  test.each([
    [1, 0],
    [59, 0],
    [60, 1],
    [61, 1],
    [119, 1],
    [120, 2],
    [3_600, 60],
  ])('are, %d s before its end, %d', (left, turns) => {
    expect(turnsAhead(1_000 + left, 1_000)).toBeCloseTo(turns);
  });

  test('fall by one, softly, while the hand goes on from its slot to the next', () => {
    expect(turnsAhead(1_060, 1_000)).toBeCloseTo(1);
    expect(turnsAhead(1_060, 1_000.25)).toBeCloseTo(0.75);
    expect(turnsAhead(1_060, 1_001)).toBeCloseTo(0);
  });

  test('are never negative, whatever the hand has passed', () => {
    expect(turnsAhead(1_000, 1_030)).toBe(0);
  });
});

test('more turns are further in, near ones well apart, and a thousand still fit', () => {
  const depths = [0, 1, 2, 10, 1_000].map(depthOf);
  expect(depths[0]).toBe(0);
  expect(depths).toEqual(depths.toSorted((a, b) => a - b));
  expect(depthOf(1)).toBeGreaterThan(0.15);
  expect(depthOf(1_000)).toBeLessThan(1);
});

test('the codes of a slot stand in a round cluster: the first in its middle, none outside, no two in one place', () => {
  expect(clusterOffset(0)).toEqual({ along: 0, across: 0 });
  const places = Array.from({ length: 100 }, (_, n) => clusterOffset(n));
  for (const { along, across } of places) expect(Math.hypot(along, across)).toBeLessThanOrEqual(1);
  expect(new Set(places.map(({ along, across }) => `${along.toFixed(3)} ${across.toFixed(3)}`)).size).toBe(
    100,
  );
});

describe('the hand', () => {
  test('steps to a second when it begins, and waits there for the next', () => {
    expect(handAt(10_000, 0)).toBe(9);
    expect(handAt(10_100, 0)).toBeGreaterThan(9.5);
    expect(handAt(10_240, 0)).toBe(10);
    expect(handAt(10_999, 0)).toBe(10);
  });

  test('does not step while it sweeps', () => {
    expect(handAt(10_700, 5_000)).toBeCloseTo(10.7);
    expect(handAt(10_700, -5_000)).toBeCloseTo(10.7);
  });
});

test('an eased way begins at 0, ends at 1 and is fast at first', () => {
  expect([easeOut(0), easeOut(1)]).toEqual([0, 1]);
  expect(easeOut(0.5)).toBeGreaterThan(0.8);
});
