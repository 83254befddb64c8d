import { describe, expect, test } from 'bun:test';
import { systemClock, type TimeSource } from '../../src/core/clock.ts';

/** The machine's clocks as a test wants them. */
class Machine implements TimeSource {
  now = { wall: 1_000_000, monotonic: 50 };
  wall = () => this.now.wall;
  monotonic = () => this.now.monotonic;
  pass(ms: number) {
    this.now = { wall: this.now.wall + ms, monotonic: this.now.monotonic + ms };
  }
}

describe('service time', () => {
  test('is the wall clock while that flows evenly', () => {
    const machine = new Machine();
    const clock = systemClock(machine);
    expect(clock.now()).toBe(1_000_000);
    machine.pass(1_234);
    expect(clock.now()).toBe(1_001_234);
  });

  test('goes on evenly when the wall clock is set back, so nothing that has expired comes to life', () => {
    const machine = new Machine();
    const clock = systemClock(machine);
    machine.now.wall -= 3_600_000;
    expect(clock.now()).toBe(1_000_000);
    machine.pass(500);
    expect(clock.now()).toBe(1_000_500);
  });

  test('follows the wall clock when that leaps ahead, as after a machine has slept', () => {
    const machine = new Machine();
    const clock = systemClock(machine);
    machine.now.wall += 60_000;
    expect(clock.now()).toBe(1_060_000);
    machine.pass(1);
    expect(clock.now()).toBe(1_060_001);
  });

  test('is a whole number of milliseconds', () => {
    const machine = new Machine();
    const clock = systemClock(machine);
    machine.now.monotonic += 0.7;
    expect(clock.now()).toBe(1_000_000);
  });
});

test('time that is measured flows evenly, whatever becomes of the wall clock', () => {
  const machine = new Machine();
  const clock = systemClock(machine);
  const before = clock.monotonic();
  machine.now.wall += 60_000;
  machine.now.monotonic += 0.25;
  expect(clock.monotonic() - before).toBe(0.25);
});

describe('a sleep', () => {
  const clock = systemClock();

  test('ends when its time is up', async () => {
    const before = performance.now();
    await clock.sleep(5);
    expect(performance.now() - before).toBeGreaterThanOrEqual(4);
  });

  test('ends at once when it is aborted', async () => {
    const waking = new AbortController();
    const sleep = clock.sleep(60_000, waking.signal);
    waking.abort();
    await sleep;
  });

  test('does not begin when it was aborted before', async () => {
    await clock.sleep(60_000, AbortSignal.abort());
  });
});

test('a sleep leaves nothing behind on a signal that outlives it', async () => {
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

test('a breath lets what was waiting go first', async () => {
  const order: string[] = [];
  setImmediate(() => order.push('waiting'));
  await systemClock().yieldToEventLoop();
  order.push('breathed');
  expect(order).toEqual(['waiting', 'breathed']);
});
