import { type Clock, systemClock } from '../../src/core/clock.ts';
import { ownTime } from '../support/own-time.ts';

/** Longest single sleep, in real ms: after a stall, what arrived meanwhile is read before the sleeper goes on. */
const NAP_MS = 10;

/**
 * A clock that runs `times` as fast as this process's own time, so that a provider's outage of a minute is over in
 * seconds. A busy machine does not lengthen any wait.
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
