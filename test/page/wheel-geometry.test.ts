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

test('a deadline belongs to the first whole second at or after it, as on the service’s wheel', () => {
  expect([4_000, 4_200, 4_999, 5_000].map(secondOf)).toEqual([4, 5, 5, 5]);
});

test('second 0 is at the top, and the hand turns clockwise', () => {
  expect(angleOf(0)).toBeCloseTo(-Math.PI / 2);
  expect(angleOf(15)).toBeCloseTo(0);
  expect(angleOf(30)).toBeCloseTo(Math.PI / 2);
  expect(angleOf(60 * 1_000 + 45)).toBeCloseTo(Math.PI);
});

describe('turns ahead', () => {
  test.each([
    [1, 0],
    [59, 0],
    [60, 1],
    [61, 1],
    [119, 1],
    [120, 2],
    [3_600, 60],
  ])('%d s before it expires a code is %d turns from the rim', (left, turns) => {
    expect(turnsAhead(1_000 + left, 1_000)).toBeCloseTo(turns);
  });

  test('a code glides one turn outward in the second after the hand passes its slot', () => {
    expect(turnsAhead(1_060, 1_000)).toBeCloseTo(1);
    expect(turnsAhead(1_060, 1_000.25)).toBeCloseTo(0.75);
    expect(turnsAhead(1_060, 1_001)).toBeCloseTo(0);
  });

  test('a code that the hand has passed is at the rim', () => {
    expect(turnsAhead(1_000, 1_030)).toBe(0);
  });
});

test('later turns are further in, near ones well apart, and a thousand fit', () => {
  const depths = [0, 1, 2, 10, 1_000].map(depthOf);
  expect(depths[0]).toBe(0);
  expect(depths).toEqual(depths.toSorted((a, b) => a - b));
  expect(depthOf(1)).toBeGreaterThan(0.15);
  expect(depthOf(1_000)).toBeLessThan(1);
});

test('the codes of a slot form a round cluster around the first, each at its own position', () => {
  expect(clusterOffset(0)).toEqual({ along: 0, across: 0 });
  const places = Array.from({ length: 100 }, (_, n) => clusterOffset(n));
  for (const { along, across } of places) expect(Math.hypot(along, across)).toBeLessThanOrEqual(1);
  expect(new Set(places.map(({ along, across }) => `${along.toFixed(3)} ${across.toFixed(3)}`)).size).toBe(
    100,
  );
});

describe('the hand', () => {
  test('the hand steps when a second begins, and then waits for the next', () => {
    expect(handAt(10_000, 0)).toBe(9);
    expect(handAt(10_100, 0)).toBeGreaterThan(9.5);
    expect(handAt(10_240, 0)).toBe(10);
    expect(handAt(10_999, 0)).toBe(10);
  });

  test('the hand does not step while it sweeps', () => {
    expect(handAt(10_700, 5_000)).toBeCloseTo(10.7);
    expect(handAt(10_700, -5_000)).toBeCloseTo(10.7);
  });
});

test('easing goes from 0 to 1 and is fast at first', () => {
  expect([easeOut(0), easeOut(1)]).toEqual([0, 1]);
  expect(easeOut(0.5)).toBeGreaterThan(0.8);
});
