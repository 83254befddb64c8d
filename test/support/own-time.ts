/** How often to measure. A wait of this length between two measurements is not late. */
const LOOK_MS = 10;

const worked = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

let own = 0;
let last = { at: performance.now(), worked: worked() };

/**
 * This process's own time, in milliseconds since an arbitrary moment. Waiting counts in full, and so does work that
 * blocks the event loop. What does not count is time in which the machine was busy with other processes and did not
 * let this one wake. So a limit in own time holds on a busy machine too.
 */
export function ownTime(): number {
  const now = { at: performance.now(), worked: worked() };
  own += ownPart(now.at - last.at, now.worked - last.worked);
  last = now;
  return own;
}

setInterval(ownTime, LOOK_MS).unref();

/** How much of the time between two measurements was the process's own. All in milliseconds. */
export function ownPart(passed: number, worked: number): number {
  return Math.min(passed, LOOK_MS + worked);
}
