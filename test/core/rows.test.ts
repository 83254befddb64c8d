import { expect, test } from 'bun:test';
import { Rows } from '../../src/core/rows.ts';

/** So many that the list of free rows needs four levels. */
const MANY = 40_000;

function filled() {
  const rows = new Rows();
  for (let row = 1; row <= MANY; row++) expect(rows.take()).toBe(row);
  return rows;
}

test('free rows are taken lowest first, and then new ones, in whatever order they were given up', () => {
  for (const order of ['ascending', 'descending'] as const) {
    const rows = filled();
    const given = Array.from({ length: MANY / 3 }, (_, i) => 3 * i + 1);
    for (const row of order === 'ascending' ? given : given.toReversed()) rows.release(row);
    expect(given.map(() => rows.take())).toEqual(given);
    expect(rows.take()).toBe(MANY + 1);
    expect(rows.used).toBe(MANY + 1);
  }
});

test('a row that is given up in between is the next one taken if it is the lowest', () => {
  const rows = filled();
  for (const row of [7, 40, 39_999]) rows.release(row);
  expect(rows.take()).toBe(7);
  rows.release(3);
  expect([rows.take(), rows.take(), rows.take(), rows.take()]).toEqual([3, 40, 39_999, MANY + 1]);
});
