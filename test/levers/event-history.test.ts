import { describe, expect, test } from 'bun:test';
import { EventHistory } from '../../src/levers/events/history.ts';

const reset = (n: number) => ({ type: 'mock.reset', id: `run-e${n}`, time: n }) as const;

/** A history that keeps ten events, and has heard so many. */
function heard(events: number) {
  const history = new EventHistory(10);
  for (let n = 1; n <= events; n++) history.hear(reset(n));
  return history;
}
const ids = ({ events }: { events: readonly { id: string }[] }) => events.map(({ id }) => id);

describe('the history of events', () => {
  test('gives a reader what came behind its place, in order', () => {
    const history = heard(3);
    expect(ids(history.read(1, 100))).toEqual(['run-e2', 'run-e3']);
    expect(history.read(3, 100)).toEqual({ missed: 0, events: [], next: 3 });
  });

  test('gives no more at once than it is asked for', () => {
    const history = heard(9);
    const first = history.read(0, 4);
    expect([ids(first).length, first.next]).toEqual([4, 4]);
    expect(ids(history.read(first.next, 100))).toEqual(['run-e5', 'run-e6', 'run-e7', 'run-e8', 'run-e9']);
  });

  test('tells a slow reader how many events it missed, then all that are kept', () => {
    const { missed, events, next } = heard(25).read(3, 100);
    expect([missed, events.length, next]).toEqual([12, 10, 25]);
    expect(events[0]).toEqual(reset(16));
  });

  test('tells whoever reads on, and whoever waits, that events were missed on their way to it', async () => {
    const history = heard(3);
    const waiting = history.grown(3, new AbortController().signal);
    history.skip(4);
    await waiting;
    expect(history.read(3, 100)).toEqual({ missed: 4, events: [], next: 7 });
    history.hear(reset(8));
    expect(history.read(3, 100)).toEqual({ missed: 4, events: [reset(8)], next: 8 });
    expect(history.placeAfter('run-e3')).toBeUndefined();
  });

  test('finds the place behind an event as long as it keeps that', () => {
    const history = heard(25);
    expect(history.placeAfter('run-e25')).toBe(25);
    expect(history.placeAfter('run-e16')).toBe(16);
    for (const id of ['run-e15', 'run-e26', 'earlier-e20', '', '0'])
      expect(history.placeAfter(id)).toBeUndefined();
    expect(history.begin).toBe(15);
  });

  test('leaves out what is for counting only', () => {
    const history = heard(1);
    history.hear({ type: 'wheel.ticked', expired: 3, durationMs: 1, id: 'run-e2', time: 2 });
    expect(history.end).toBe(1);
  });

  test('wakes whoever waits for the next event, and nobody for one that is there', async () => {
    const history = heard(2);
    const { signal } = new AbortController();
    await history.grown(1, signal);
    let woken = 0;
    const waiting = Array.from({ length: 100 }, async () => {
      await history.grown(2, signal);
      woken++;
    });
    await Promise.resolve();
    expect(woken).toBe(0);
    history.hear(reset(3));
    await Promise.all(waiting);
    expect(woken).toBe(100);
  });

  test('lets go of whoever stops waiting', async () => {
    const history = heard(2);
    const ending = new AbortController();
    const waiting = history.grown(2, ending.signal);
    ending.abort();
    await waiting;
    await history.grown(2, ending.signal);
  });
});
