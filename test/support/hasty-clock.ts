import { type Clock, systemClock } from '../../src/core/clock.ts';

/** How many times as fast as the machine's clock sleep is over. */
const HASTE = 20;

/** A clock by which no call is late because the machine is busy. */
export interface HastyClock extends Clock {
  /** Lets time pass for whoever measures it, in milliseconds. */
  pass(ms: number): void;
}

/** Time that is measured passes only when a test says so; nobody sleeps long, so what has to look at it does soon. */
export function hastyClock(): HastyClock {
  const machine = systemClock();
  let passed = 0;
  return {
    now: () => machine.now(),
    monotonic: () => passed,
    sleep: (ms, signal) => machine.sleep(ms / HASTE, signal),
    yieldToEventLoop: () => machine.yieldToEventLoop(),
    pass: (ms) => {
      passed += ms;
    },
  };
}
