import { type Clock, systemClock } from '../../src/kernel/clock.ts';

/** A clock that runs so many times as fast as the machine's: a provider's bad minute is over in seconds. */
export function hastyClock(times: number): Clock {
  const machine = systemClock();
  const [start, base] = [machine.now(), machine.monotonic()];
  const passed = () => (machine.monotonic() - base) * times;
  return {
    now: () => Math.floor(start + passed()),
    monotonic: passed,
    sleep: (ms, signal) => machine.sleep(ms / times, signal),
    breathe: () => machine.breathe(),
  };
}
