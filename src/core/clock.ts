/**
 * Time, of which there are two kinds.
 *
 * *Service time* rules what the service promises: lifetimes, the grace period, the wheel. It is a number
 * of milliseconds since the epoch that never goes back, so a code that was once found to have run out is
 * never good again, whatever happens to the machine's clock.
 *
 * *Real time* rules how the process behaves: how long it sleeps, drains or waits for a peer.
 *
 * Both come from here and from nowhere else, so a test hands in a clock of its own and never sleeps.
 */
export interface Clock {
  /** Service time: whole milliseconds since the epoch; never less than at the call before. */
  now(): number;
  /** Real time: milliseconds, with fractions, since any one moment; for measuring how long something takes. */
  monotonic(): number;
  /** Waits `ms` milliseconds of real time, or until `signal` aborts; resolves in either case. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Lets the event loop serve whatever is waiting before the caller goes on. */
  yieldToEventLoop(): Promise<void>;
}

/** The machine's two clocks. `monotonic` flows evenly, `wall` may be set by hand or by NTP; both in ms. */
export interface TimeSource {
  monotonic(): number;
  wall(): number;
}

const machine: TimeSource = { monotonic: () => performance.now(), wall: () => Date.now() };

/**
 * The clock of a running service.
 *
 * Service time flows with the monotonic clock and never lags behind the wall clock: it follows a wall
 * clock that leaps ahead (a laptop that slept), and goes on evenly when that one is set back.
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
