import { describe, expect, test } from 'bun:test';
import { MemoryStore } from '../../src/core/memory-store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { FIVE_ATTEMPTS, UNLIMITED } from '../support/policies.ts';
import { storeContract } from './store-contract.ts';

const GRACE_MS = 60_000;

function memoryStore(policy = UNLIMITED) {
  const clock = new ManualClock();
  return {
    clock,
    store: new MemoryStore(clock, policy, 'run'),
    pass: (ms: number) => clock.set(clock.now() + ms),
  };
}

storeContract('the memory store', memoryStore);

describe('the memory store', () => {
  test('gives each code an id made of the run and a growing number', async () => {
    const { store } = memoryStore();
    const answers = await Promise.all(
      ['a', 'b', 'a'].map((user) =>
        store.request({ user, purpose: 'default', code: '111111', ttlMs: 1_000 }),
      ),
    );
    expect(answers.map((answer) => 'otp' in answer && answer.otp.id)).toEqual(['run-c1', 'run-c2', 'run-c3']);
  });

  test('keeps no record of a code that was verified, cancelled or replaced, or whose grace period is over', async () => {
    const { store, clock } = memoryStore();
    for (let i = 0; i < 100; i++) {
      const key = { user: `user-${i % 50}`, purpose: 'default' };
      await store.request({ ...key, code: '111111', ttlMs: 1_000 });
      if (i % 5 === 1) await store.verify(key, '111111');
      if (i % 5 === 2) await store.cancel(key);
    }
    expect(store.wheel.entries).toBe(30);
    await clock.leap(2_000);
    expect((await store.expire(1_000)).expired).toHaveLength(30);
    expect(store.wheel.entries).toBe(30);
    await clock.leap(GRACE_MS + 1_000);
    expect((await store.expire(1_000)).expired).toHaveLength(0);
    expect(store.wheel.entries).toBe(0);
  });

  test('keeps no record of a code that was expired on request once its grace period is over', async () => {
    const { store, clock } = memoryStore();
    await store.request({ user: 'alice', purpose: 'default', code: '111111', ttlMs: 3_600_000 });
    await store.expireNow({ user: 'alice', purpose: 'default' });
    await clock.leap(GRACE_MS + 1_000);
    await store.expire(1_000);
    expect(store.wheel.entries).toBe(0);
  });

  test('forgets one user of many in steps, and lets the event loop serve others in between', async () => {
    const { store } = memoryStore();
    for (let i = 0; i < 20_000; i++)
      await store.request({ user: `user-${i}`, purpose: 'default', code: '111111', ttlMs: 1_000 });
    let turns = 0;
    let done = false;
    const forgetting = store.forget('user-1').then(() => {
      done = true;
    });
    while (!done) {
      await new Promise((resolve) => setImmediate(resolve));
      turns++;
    }
    await forgetting;
    expect(turns).toBeGreaterThan(100);
    expect(store.wheel.entries).toBe(19_999);
  });

  test('forgets one user of many while everything is forgotten, and touches no code that comes after', async () => {
    const { store } = memoryStore();
    const request = (user: string) =>
      store.request({ user, purpose: 'default', code: '111111', ttlMs: 1_000 });
    for (let i = 0; i < 10_000; i++) await request(`user-${i}`);
    const forgetting = store.forget('user-9999');
    await store.forget();
    await request('user-9999');
    await forgetting;
    const verified = store.verify({ user: 'user-9999', purpose: 'default' }, '111111');
    expect(await verified).toMatchObject({ verdict: 'verified' });
    expect(store.wheel.entries).toBe(0);
  });

  test('keeps no record of counts, locks and sends that no longer limit anything', async () => {
    const sends = { cooldownMs: 30_000, limit: 3, windowMs: 600_000 };
    const guesses = { ...FIVE_ATTEMPTS.guesses, everyGuessCounts: true };
    const { store, clock } = memoryStore({ ...FIVE_ATTEMPTS, guesses, sends });
    for (let i = 0; i < 50; i++) {
      await store.request({ user: `user-${i}`, purpose: 'default', code: '111111', ttlMs: 1_000 });
      for (let j = 0; j < i % 7; j++) await store.verify({ user: `user-${i}`, purpose: 'default' }, '999999');
      for (let j = 0; j < i % 7; j++)
        await store.verify({ user: `unknown-${i}`, purpose: 'default' }, '999999');
    }
    expect(store.wheel.entries).toBeGreaterThan(100);
    for (let minute = 0; minute < 130; minute++) {
      await clock.leap(60_000);
      await store.expire(1_000);
    }
    expect(store.wheel.entries).toBe(0);
  });

  test('expires 100,000 codes exactly at their deadlines, and reports each exactly once', async () => {
    const { store, clock } = memoryStore();
    const codes = Array.from({ length: 100_000 }, (_, i) => ({
      user: `user-${i}`,
      purpose: 'default',
      code: '111111',
      ttlMs: 1_000 + (i % 300) * 1_000,
    }));
    const reported = new Map<string, number>();
    for (const code of codes) await store.request(code);

    for (let second = 1; second <= 301; second++) {
      const due = codes.filter(({ ttlMs }) => ttlMs === second * 1_000);
      await clock.leap(999);
      for (const { user, purpose } of due) {
        if ((await store.verify({ user, purpose }, '999999')).verdict !== 'wrong')
          throw new Error(`${user} expired too early`);
      }
      await clock.leap(1);
      for (const { user, purpose, code } of due) {
        if ((await store.verify({ user, purpose }, code)).verdict !== 'expired')
          throw new Error(`${user} expired too late`);
      }
      const { expired } = await store.expire(1_000_000);
      for (const { user } of expired) reported.set(user, (reported.get(user) ?? 0) + 1);
      expect(expired).toHaveLength(due.length);
    }
    expect(reported.size).toBe(100_000);
    expect(Math.max(...reported.values())).toBe(1);
  });
});
