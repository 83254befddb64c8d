import { writeSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.ts';
import { Expiry } from '../../src/core/expiry.ts';
import { expiryStore } from './expiry-store.ts';

/**
 * A replica that only expires codes, as a process that can be killed. It writes the line "ready" when it starts, and
 * the id of each code that it announces, at once. On SIGTERM it announces what it has claimed, then exits.
 *
 * Usage: bun expiry-process.ts REDIS [ANNOUNCEMENTS before it kills itself]
 */
const [, , redis = '', diesAfter = 'Infinity'] = process.argv;
const clock = systemClock();
const { store } = await expiryStore(redis);
const ending = new AbortController();
process.on('SIGTERM', () => ending.abort());
let announced = 0;
writeSync(1, 'ready\n');
const expiry = new Expiry({
  store,
  clock,
  announce: (fact) => {
    if (fact.type !== 'otp.expired') return;
    writeSync(1, `${fact.otp}\n`);
    announced++;
    if (announced >= Number(diesAfter)) process.kill(process.pid, 'SIGKILL');
  },
  onError: (error) => {
    throw error;
  },
  signal: ending.signal,
});
await expiry.run();
process.exit(0);
