/** How often to look; so much may pass between two looks without anything being late. */
const LOOK_MS = 10;

const worked = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

let own = 0;
let last = { at: performance.now(), worked: worked() };

/**
 * Time as this process has it, in milliseconds since any one moment: all of it while the process waits, but where the
 * machine let it wake too late only what it worked meanwhile. So a second of it is a second of ours, however busy
 * the machine is with other things; what blocks the event loop counts as long as it does.
 */
export function ownTime(): number {
  const now = { at: performance.now(), worked: worked() };
  own += ownPart(now.at - last.at, now.worked - last.worked);
  last = now;
  return own;
}

setInterval(ownTime, LOOK_MS).unref();

/** How much of the time that has passed between two looks was the process's own. All in milliseconds. */
export function ownPart(passed: number, worked: number): number {
  return Math.min(passed, LOOK_MS + worked);
}
