import { writeSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.ts';
import { Expiry } from '../../src/core/expiry.ts';
import { expiryStore } from './expiry-store.ts';

/**
 * A replica that does nothing but expire codes, as a process that can be killed: it writes a line for each code that it
 * announces, at once, and one before the first. It ends with SIGTERM, once it has announced what it has claimed.
 *
 * Usage: bun expiry-process.ts REDIS [ANNOUNCEMENTS until it dies without a warning]
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
