import { type Clock, systemClock } from '../../src/core/clock.ts';
import { ownTime } from '../support/own-time.ts';

/** Most that a sleeper sleeps at a time, in real ms: what comes in while it is late is read before it goes on. */
const NAP_MS = 10;

/**
 * A clock that runs so many times as fast as this process has time: a provider's bad minute is over in seconds, and on a
 * busy machine nobody has waited longer for that.
 */
export function fastClock(times: number): Clock {
  const machine = systemClock();
  const [start, base] = [machine.now(), ownTime()];
  const passed = () => (ownTime() - base) * times;
  return {
    now: () => Math.floor(start + passed()),
    monotonic: passed,
    async sleep(ms, signal) {
      const until = passed() + ms;
      for (let left = ms; left > 0 && !signal?.aborted; left = until - passed())
        await machine.sleep(Math.min(left / times, NAP_MS), signal);
    },
    yieldToEventLoop: () => machine.yieldToEventLoop(),
  };
}
