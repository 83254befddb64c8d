/**
 * Time, of two kinds.
 *
 * *Service time* rules lifetimes, cooldowns, windows, locks and the wheel. It does not go back with the machine's clock, so
 * a code that has expired is never valid again. A test may move it.
 *
 * *Real time* rules how long the process sleeps, drains or waits for a peer.
 *
 * Both come from a `Clock` and from nowhere else, so a test passes in its own and never sleeps.
 */
export interface Clock {
  /**
   * Service time: whole milliseconds since the epoch. It goes back only where a test resets it, or where the clock of a
   * shared store is set back.
   */
  now(): number;
  /** Real time: milliseconds with fractions, from any fixed moment; for measuring durations. */
  monotonic(): number;
  /** Waits `ms` milliseconds of real time, or until `signal` aborts. Resolves in either case. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Lets the event loop serve what is waiting before the caller goes on. */
  yieldToEventLoop(): Promise<void>;
}

/** The machine's two clocks, in milliseconds. `monotonic` flows evenly; an operator or NTP may set `wall`. */
export interface TimeSource {
  monotonic(): number;
  wall(): number;
}

const machine: TimeSource = { monotonic: () => performance.now(), wall: () => Date.now() };

/**
 * The clock of a running service. Service time flows with the monotonic clock and never lags behind the wall clock: it
 * follows a wall clock that jumps ahead, as after a laptop's sleep, and flows on evenly when that one is set back.
 */
export function systemClock(source: TimeSource = machine): Clock {
  let anchor = { service: source.wall(), monotonic: source.monotonic() };

  return {
    now() {
      const monotonic = source.monotonic();
      const wall = source.wall();
      const flowed = anchor.service + (monotonic - anchor.monotonic);
      if (wall <= flowed) return Math.floor(flowed);
      anchor = { service: wall, monotonic };
      return wall;
    },
    monotonic: () => source.monotonic(),
    sleep(ms, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        signal?.addEventListener('abort', wake);
      });
    },
    yieldToEventLoop: () => new Promise((resolve) => setImmediate(resolve)),
  };
}
