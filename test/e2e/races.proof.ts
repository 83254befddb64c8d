import { expect, test } from 'bun:test';
import { startCore } from '../support/core.ts';
import { FIVE_ATTEMPTS } from '../support/policies.ts';

const cause = {};

test('exactly five of 100 parallel wrong guesses are judged, in each of 10,000 trials', async () => {
  const { otps, issue, events } = startCore(FIVE_ATTEMPTS);
  for (let trial = 0; trial < 10_000; trial++) {
    const key = { user: `user-${trial}`, purpose: 'default' };
    await issue({ ...key, ttlMs: 60_000, code: '111111' });
    const guesses = Array.from({ length: 100 }, () => otps.verify(key, '999999', cause));
    const verdicts = await Promise.all(guesses);
    const judged = verdicts.filter(({ verdict }) => verdict === 'wrong').length;
    if (judged !== 5) throw new Error(`${judged} of 100 guesses were judged in trial ${trial}`);
    if ((await otps.verify(key, '111111', cause)).verdict !== 'locked')
      throw new Error(`no lock in trial ${trial}`);
    if (events.filter(({ type }) => type === 'otp.locked').length !== 1)
      throw new Error(`not one lock in trial ${trial}`);
    events.length = 0;
  }
}, 600_000);

test('a verification that races a new request never loses the new code, in 100,000 races', async () => {
  const { otps, issue, events } = startCore();
  const key = { user: 'alice', purpose: 'default' };
  const orders = [0, 1, 2] as const;
  for (let race = 0; race < 100_000; race++) {
    await issue({ ...key, ttlMs: 60_000, code: '111111' });
    const guess = () => otps.verify(key, '111111', cause);
    const renew = () => issue({ ...key, ttlMs: 60_000, code: '222222' });
    const order = orders[race % 3];
    const racers =
      order === 0 ? [guess(), renew()] : order === 1 ? [renew(), guess()] : [guess(), renew(), guess()];
    await Promise.all(racers);
    const { verdict } = await otps.verify(key, '222222', cause);
    if (verdict !== 'verified') throw new Error(`the new code was ${verdict} in race ${race}`);
    events.length = 0;
  }
  expect(events).toEqual([]);
}, 600_000);
