import { describe, expect, test } from 'bun:test';
import { systemClock, type TimeSource } from '../../src/core/clock.ts';

/** The machine's two clocks, which a test sets. */
class FakeMachine implements TimeSource {
  now = { wall: 1_000_000, monotonic: 50 };
  wall = () => this.now.wall;
  monotonic = () => this.now.monotonic;
  pass(ms: number) {
    this.now = { wall: this.now.wall + ms, monotonic: this.now.monotonic + ms };
  }
}

describe('service time', () => {
  test('is the wall clock while that runs evenly', () => {
    const machine = new FakeMachine();
    const clock = systemClock(machine);
    expect(clock.now()).toBe(1_000_000);
    machine.pass(1_234);
    expect(clock.now()).toBe(1_001_234);
  });

  test('runs on evenly when the wall clock is set back, so no expired code is valid again', () => {
    const machine = new FakeMachine();
    const clock = systemClock(machine);
    machine.now.wall -= 3_600_000;
    expect(clock.now()).toBe(1_000_000);
    machine.pass(500);
    expect(clock.now()).toBe(1_000_500);
  });

  test('follows the wall clock when that jumps ahead, as after the machine was asleep', () => {
    const machine = new FakeMachine();
    const clock = systemClock(machine);
    machine.now.wall += 60_000;
    expect(clock.now()).toBe(1_060_000);
    machine.pass(1);
    expect(clock.now()).toBe(1_060_001);
  });

  test('is a whole number of milliseconds', () => {
    const machine = new FakeMachine();
    const clock = systemClock(machine);
    machine.now.monotonic += 0.7;
    expect(clock.now()).toBe(1_000_000);
  });
});

test('measured time runs evenly, whatever happens to the wall clock', () => {
  const machine = new FakeMachine();
  const clock = systemClock(machine);
  const before = clock.monotonic();
  machine.now.wall += 60_000;
  machine.now.monotonic += 0.25;
  expect(clock.monotonic() - before).toBe(0.25);
});

describe('a sleep', () => {
  const clock = systemClock();

  test('ends after its time', async () => {
    const before = performance.now();
    await clock.sleep(5);
    expect(performance.now() - before).toBeGreaterThanOrEqual(4);
  });

  test('ends at once when its signal aborts', async () => {
    const waking = new AbortController();
    const sleep = clock.sleep(60_000, waking.signal);
    waking.abort();
    await sleep;
  });

  test('ends at once when its signal is already aborted', async () => {
    await clock.sleep(60_000, AbortSignal.abort());
  });
});

test('a sleep that has ended leaves no listener on its signal', async () => {
  const listeners = { added: 0, removed: 0 };
  const { signal } = new AbortController();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners.added++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners.removed++;
    removeEventListener.apply(signal, args);
  };
  await systemClock().sleep(1, signal);
  expect(listeners).toEqual({ added: 1, removed: 1 });
});

test('yielding to the event loop lets waiting work run first', async () => {
  const order: string[] = [];
  setImmediate(() => order.push('waiting'));
  await systemClock().yieldToEventLoop();
  order.push('after yielding');
  expect(order).toEqual(['waiting', 'after yielding']);
});
