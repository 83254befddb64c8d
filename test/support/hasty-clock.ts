import { type Clock, systemClock } from '../../src/core/clock.ts';

/** How many times shorter a sleep is. */
const HASTE = 20;

/** A clock for tests with real sockets: by it no call is late because the machine is busy. */
export interface HastyClock extends Clock {
  /** Lets measured time pass, in milliseconds. */
  pass(ms: number): void;
}

/** Measured time passes only when the test says so. Sleeps are short, so code that waits checks the time soon. */
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
