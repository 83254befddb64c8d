import { describe, expect, test } from 'bun:test';
import { EventHistory } from '../../src/levers/events/history.ts';
import { leftBehind } from '../support/garbage.ts';

const reset = (n: number) => ({ type: 'mock.reset', id: `run-e${n}`, time: n }) as const;

/** A history that keeps ten events, after so many. */
function historyAfter(events: number) {
  const history = new EventHistory(10);
  for (let n = 1; n <= events; n++) history.onEvent(reset(n));
  return history;
}
const ids = ({ events }: { events: readonly { id: string }[] }) => events.map(({ id }) => id);

describe('the history of events', () => {
  test('gives a reader the events after its position, in order', () => {
    const history = historyAfter(3);
    expect(ids(history.read(1, 100))).toEqual(['run-e2', 'run-e3']);
    expect(history.read(3, 100)).toEqual({ missed: 0, events: [], next: 3 });
  });

  test('gives at most as many events as asked for', () => {
    const history = historyAfter(9);
    const first = history.read(0, 4);
    expect([ids(first).length, first.next]).toEqual([4, 4]);
    expect(ids(history.read(first.next, 100))).toEqual(['run-e5', 'run-e6', 'run-e7', 'run-e8', 'run-e9']);
  });

  test('tells a slow reader how many events it missed, and gives it all that are kept', () => {
    const { missed, events, next } = historyAfter(25).read(3, 100);
    expect([missed, events.length, next]).toEqual([12, 10, 25]);
    expect(events[0]).toEqual(reset(16));
  });

  test('tells readers of events that it missed itself, and wakes those that wait', async () => {
    const history = historyAfter(3);
    const waiting = history.grown(3, new AbortController().signal);
    history.skip(4);
    await waiting;
    expect(history.read(3, 100)).toEqual({ missed: 4, events: [], next: 7 });
    history.onEvent(reset(8));
    expect(history.read(3, 100)).toEqual({ missed: 4, events: [reset(8)], next: 8 });
    expect(history.positionAfter('run-e3')).toBeUndefined();
  });

  test('finds the position after an event as long as the event is kept', () => {
    const history = historyAfter(25);
    expect(history.positionAfter('run-e25')).toBe(25);
    expect(history.positionAfter('run-e16')).toBe(16);
    for (const id of ['run-e15', 'run-e26', 'earlier-e20', '', '0'])
      expect(history.positionAfter(id)).toBeUndefined();
    expect(history.begin).toBe(15);
  });

  test('forgets events for new readers, and gives them to those that were following', () => {
    const history = historyAfter(3);
    history.forget();
    history.onEvent(reset(4));
    expect(history.begin).toBe(3);
    expect(history.positionAfter('run-e3')).toBeUndefined();
    expect(history.positionAfter('run-e4')).toBe(4);
    expect(history.read(1, 100)).toEqual({ missed: 0, events: [reset(2), reset(3), reset(4)], next: 4 });
    for (let n = 5; n <= 20; n++) history.onEvent(reset(n));
    expect(history.begin).toBe(10);
  });

  test('leaves out events that are for counting only', () => {
    const history = historyAfter(1);
    history.onEvent({ type: 'wheel.ticked', expired: 3, durationMs: 1, id: 'run-e2', time: 2 });
    expect(history.end).toBe(1);
  });

  test('wakes every reader that waits for the next event, and lets none wait for one that is there', async () => {
    const history = historyAfter(2);
    const { signal } = new AbortController();
    await history.grown(1, signal);
    let woken = 0;
    const waiting = Array.from({ length: 100 }, async () => {
      await history.grown(2, signal);
      woken++;
    });
    await Promise.resolve();
    expect(woken).toBe(0);
    history.onEvent(reset(3));
    await Promise.all(waiting);
    expect(woken).toBe(100);
  });

  test('ends a wait that is given up, and leaves nothing of it behind', async () => {
    const history = historyAfter(2);
    const left = await leftBehind(async () => {
      const ending = new AbortController();
      const waiting = history.grown(2, ending.signal);
      ending.abort();
      await waiting;
      await history.grown(2, ending.signal);
      return ending.signal;
    });
    expect(left).toBeLessThan(50);
  });

  test('leaves nothing behind of a wait that an event ended', async () => {
    const history = historyAfter(2);
    const left = await leftBehind(async () => {
      const { signal } = new AbortController();
      const waiting = history.grown(history.end, signal);
      history.onEvent(reset(history.end + 1));
      await waiting;
      return signal;
    });
    expect(left).toBeLessThan(50);
  });
});
