import { expect, test } from 'bun:test';
import { backOffMs } from '../../src/page/view/live-events.ts';

test('the page reconnects soon, then less and less often, and at least every five seconds', () => {
  expect([1, 2, 3, 4, 5, 6, 60].map(backOffMs)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
});
