import { describe, expect, test } from 'bun:test';
import { ownPart, ownTime } from './own-time.ts';

const worked = () => process.cpuUsage().user / 1_000;

describe('a process’s own time', () => {
  test('includes the time in which it waits, measured every 10 ms', () => {
    expect(ownPart(10, 0)).toBe(10);
    expect(ownPart(9, 3)).toBe(9);
  });

  test('includes the time for which it blocks the event loop', () => {
    expect(ownPart(1_500, 1_499)).toBe(1_500);
  });

  test('leaves out the time for which the machine did not let it wake', () => {
    expect(ownPart(1_500, 2)).toBe(12);
  });

  test('passes while it works', () => {
    const [before, workedBefore] = [ownTime(), worked()];
    while (worked() < workedBefore + 100);
    expect(ownTime() - before).toBeGreaterThan(50);
  });
});
