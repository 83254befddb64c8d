import { writeSync } from 'node:fs';
import { systemClock } from '../../src/kernel/clock.ts';
import { Expiry } from '../../src/otp/expiry.ts';
import { expiryStore } from '../support/expiry-store.ts';

/**
 * A replica that does nothing but expire codes, as a process that can be killed: it writes a line for each code that it
 * announces, at once, and one before the first.
 *
 * Its argument is Redis's address.
 */
const clock = systemClock();
const { store } = await expiryStore(process.argv[2] ?? '');
writeSync(1, 'ready\n');
const expiry = new Expiry({
  store,
  clock,
  announce: (fact) => {
    if (fact.type === 'otp.expired') writeSync(1, `${fact.otp}\n`);
  },
  onError: (error) => {
    throw error;
  },
  signal: new AbortController().signal,
});
await expiry.run();
