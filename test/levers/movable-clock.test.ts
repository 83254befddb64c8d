import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { MovableClock } from '../../src/levers/clock/movable-clock.ts';
import { ManualClock } from '../support/manual-clock.ts';

const T0 = Date.UTC(2026, 0, 1);

function clocks() {
  const real = new ManualClock(T0);
  return { real, clock: new MovableClock(real), pass: (ms: number) => real.set(real.now() + ms) };
}

describe('a movable clock', () => {
  test('shows real time until it is moved', () => {
    const { clock, pass } = clocks();
    pass(1_234);
    expect(clock.state).toEqual({ now: T0 + 1_234, offset: 0, frozen: false });
  });

  test('flows on evenly after a move ahead', () => {
    const { clock, pass } = clocks();
    clock.move({ advance: 60_000 });
    pass(500);
    expect(clock.state).toEqual({ now: T0 + 60_500, offset: 60_000, frozen: false });
  });

  test('does not flow while it is frozen, and can be moved ahead then', () => {
    const { clock, pass } = clocks();
    clock.move({ freeze: true });
    pass(5_000);
    expect(clock.state).toEqual({ now: T0, offset: -5_000, frozen: true });
    clock.move({ advance: 1_000 });
    pass(5_000);
    expect(clock.now()).toBe(T0 + 1_000);
  });

  test('follows the moves of another clock', () => {
    const { clock, pass } = clocks();
    clock.adopt({ ahead: 60_000 });
    pass(500);
    expect(clock.state).toEqual({ now: T0 + 60_500, offset: 60_000, frozen: false });
    clock.adopt({ frozenAt: T0 + 7_000 });
    pass(500);
    expect(clock.state).toEqual({ now: T0 + 7_000, offset: 6_000, frozen: true });
    clock.adopt({ ahead: 0 });
    expect(clock.state).toEqual({ now: T0 + 1_000, offset: 0, frozen: false });
  });

  test('flows on from where it was frozen', () => {
    const { clock, pass } = clocks();
    clock.move({ freeze: true });
    pass(5_000);
    clock.move({ freeze: false });
    pass(100);
    expect(clock.state).toEqual({ now: T0 + 100, offset: -5_000, frozen: false });
  });

  test('shows real time after a reset, wherever it was', () => {
    const { clock, pass } = clocks();
    clock.move({ advance: 60_000 });
    clock.move({ freeze: true });
    pass(1);
    clock.move({ reset: true });
    expect(clock.state).toEqual({ now: T0 + 1, offset: 0, frozen: false });
  });

  test('never goes back, except by a reset', () => {
    const move = fc.oneof(
      fc.record({ freeze: fc.boolean() }),
      fc.record({ advance: fc.nat(100_000) }),
      fc.record({ pass: fc.nat(100_000) }),
    );
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
        const { clock, pass } = clocks();
        for (const move of moves) {
          const before = clock.now();
          if ('pass' in move) pass(move.pass);
          else clock.move(move);
          expect(clock.now()).toBeGreaterThanOrEqual(before);
        }
      }),
    );
  });

  test('moves service time only: sleeping and measuring go by real time', async () => {
    const { real, clock } = clocks();
    let woke = false;
    clock.sleep(1_000).then(() => {
      woke = true;
    });
    clock.move({ advance: 60_000 });
    await clock.yieldToEventLoop();
    expect([woke, clock.monotonic()]).toEqual([false, real.monotonic()]);
    await real.advance(1_000);
    expect(woke).toBe(true);
  });
});
