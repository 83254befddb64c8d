import { describe, expect, test } from 'bun:test';
import type { Policy, Store } from '../../src/core/store.ts';
import { ownRedis } from '../support/own-redis.ts';
import { FIVE_ATTEMPTS, UNLIMITED } from '../support/policies.ts';
import { sharedStores } from '../support/redis-stores.ts';
import { startReplicas } from '../support/replicas.ts';

const redis = ownRedis(3);

/** The stores of three replicas that share their codes. */
function threeStores(policy: Policy): readonly [Store, Store, Store] {
  const [a, b, c] = sharedStores(redis().all, policy).stores;
  if (a === undefined || b === undefined || c === undefined) throw new Error('there are not three replicas');
  return [a, b, c];
}

/** Calls `act` that many times, `lanes` at once. */
async function inLanes(
  times: number,
  lanes: number,
  act: (i: number, lane: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (_: unknown, number: number) => {
    while (next < times) await act(next++, number);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

describe('three replicas with one store', () => {
  test('lose no new code when a guess at the earlier one races its request, 10,000 times over', async () => {
    const [a, b, c] = threeStores(UNLIMITED);
    let replaced = 0;
    await inLanes(10_000, 20, async (race, lane) => {
      const key = { user: `user-${lane}`, purpose: 'default' };
      await a.request({ ...key, code: '111111', ttlMs: 60_000 });
      const guess = (store: Store) => () => store.verify(key, '111111');
      const renew = () => b.request({ ...key, code: '222222', ttlMs: 60_000 });
      const orders = [
        [guess(a), renew],
        [renew, guess(c)],
        [guess(a), renew, guess(c)],
      ];
      await Promise.all((orders[race % 3] ?? []).map((racer) => racer()));
      const { verdict } = await c.verify(key, '222222');
      if (verdict !== 'verified') throw new Error(`the new code was ${verdict} in race ${race}`);
      if ((await a.verify(key, '111111')).verdict !== 'none')
        throw new Error(`a code came back in race ${race}`);
      replaced++;
    });
    expect(replaced).toBe(10_000);
  }, 300_000);

  test('judge five of 99 simultaneous wrong guesses, 1,000 times over', async () => {
    const stores = threeStores(FIVE_ATTEMPTS);
    const [a] = stores;
    await inLanes(1_000, 5, async (trial) => {
      const key = { user: `user-${trial}`, purpose: 'default' };
      await a.request({ ...key, code: '111111', ttlMs: 60_000 });
      const guesses = Array.from({ length: 33 }, () => stores.map((store) => store.verify(key, '999999')));
      const verdicts = await Promise.all(guesses.flat());
      const judged = verdicts.filter(({ verdict }) => verdict === 'wrong').length;
      if (judged !== 5) throw new Error(`${judged} of 99 guesses were judged in trial ${trial}`);
      for (const store of stores) expect((await store.verify(key, '111111')).verdict).toBe('locked');
    });
  }, 300_000);

  test('keep counts, locks and cooldowns when all of them restart', async () => {
    const env = { OTP_RESEND_COOLDOWN: '30' };
    const wrong = { user: 'alice', code: '999999' };
    {
      await using before = await startReplicas(3, redis().server.url, env);
      expect(await before.post('/otp/request', { user: 'alice', code: '111111' }, 0)).toMatchObject({
        status: 200,
      });
      for (const [replica, attemptsLeft] of [4, 3, 2].entries())
        expect(await before.post('/otp/verify', wrong, replica)).toMatchObject({
          status: 401,
          body: { attemptsLeft },
        });
    }
    {
      await using after = await startReplicas(2, redis().server.url, env);
      expect(await after.post('/otp/request', { user: 'alice' }, 0)).toMatchObject({
        status: 429,
        body: { code: 'resend_cooldown' },
      });
      expect(await after.post('/otp/verify', wrong, 0)).toMatchObject({ body: { attemptsLeft: 1 } });
      expect(await after.post('/otp/verify', wrong, 1)).toMatchObject({ body: { attemptsLeft: 0 } });
    }
    await using last = await startReplicas(1, redis().server.url, env);
    expect(await last.post('/otp/verify', { user: 'alice', code: '111111' }, 0)).toMatchObject({
      status: 429,
      body: { code: 'locked' },
    });
  }, 120_000);
});
