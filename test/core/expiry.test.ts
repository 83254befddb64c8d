import { describe, expect, test } from 'bun:test';
import type { MemoryStore } from '../../src/core/memory-store.ts';
import type { Expired, Store } from '../../src/core/store.ts';
import { startCore } from '../support/core.ts';
import { UNLIMITED } from '../support/policies.ts';

const code = { purpose: 'default', ttlMs: 5_000 };

/** Puts `around` in place of the store's `expire`, which it can call. */
function replaceExpire(
  store: MemoryStore,
  around: (expire: () => Promise<Expired>) => Promise<Expired>,
): Store {
  const expire = store.expire.bind(store);
  return Object.assign(store, { expire: (limit: number) => around(() => expire(limit)) });
}

describe('the expiry loop', () => {
  test('announces an expired code once, within a second of its deadline, without a request', async () => {
    const { issue, clock, events } = startCore();
    clock.set(clock.now() + 300);
    const { id } = await issue({ user: 'alice', ...code });
    const deadline = clock.now() + 5_000;
    await clock.advance(120_000);
    const expired = events.filter(({ type }) => type === 'otp.expired');
    expect(expired).toMatchObject([{ otp: id, user: 'alice', expiresAt: deadline }]);
    expect((expired[0]?.time ?? 0) - deadline).toBeWithin(0, 1_000);
  });

  test('announces each of 10,000 codes with the same deadline once, then how many expired in that tick', async () => {
    const { issue, clock, events } = startCore();
    for (let i = 0; i < 10_000; i++) await issue({ user: `user-${i}`, ...code });
    events.length = 0;
    await clock.advance(6_000);
    const ticked = events.pop();
    expect(ticked).toMatchObject({ type: 'wheel.ticked', expired: 10_000 });
    expect(new Set(events.map((event) => event.type === 'otp.expired' && event.user)).size).toBe(10_000);
    expect(events).toHaveLength(10_000);
  });

  test('announces an expiry before a new code of the same user in the same turn of the event loop', async () => {
    for (let hops = 0; hops < 12; hops++) {
      const { issue, clock, events } = startCore();
      await issue({ user: 'alice', ...code });
      const requested = clock.sleep(5_000).then(async () => {
        for (let i = 0; i < hops; i++) await null;
        await issue({ user: 'alice', ...code });
      });
      await clock.leap(5_000);
      await requested;
      const otps = events.map((event) => 'otp' in event && `${event.type} ${event.otp}`);
      expect(otps.filter(Boolean)).toEqual([
        'otp.requested run-c1',
        'otp.expired run-c1',
        'otp.requested run-c2',
      ]);
    }
  });

  test('lets the event loop serve requests between two batches', async () => {
    const { issue, clock, events } = startCore();
    for (let i = 0; i < 5_000; i++) await issue({ user: `user-${i}`, ...code });
    events.length = 0;
    let expiredWhenServed = -1;
    const served = clock.sleep(5_000).then(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      await issue({ user: 'alice', ...code });
      expiredWhenServed = events.filter(({ type }) => type === 'otp.expired').length;
    });
    await clock.advance(6_000);
    await served;
    expect(expiredWhenServed).toBeWithin(1, 5_000);
  });

  test('survives a store that fails, and expires in a later tick what the failed ones missed', async () => {
    let down = false;
    const { issue, clock, types, errors } = startCore(UNLIMITED, (store) =>
      replaceExpire(store, (expire) => (down ? Promise.reject(new Error('store is down')) : expire())),
    );
    await issue({ user: 'alice', ...code });
    down = true;
    await clock.advance(7_000);
    expect(errors).toHaveLength(7);
    expect(types()).toEqual(['otp.requested']);
    down = false;
    await clock.advance(1_000);
    expect(types()).toEqual(['otp.requested', 'otp.expired']);
  });

  test('announces how many codes a tick expired even if the store fails halfway', async () => {
    let batches = 0;
    const { issue, clock, events, errors } = startCore(UNLIMITED, (store) =>
      replaceExpire(store, async (expire) => {
        if (batches === 1) {
          batches++;
          throw new Error('store is down');
        }
        const batch = await expire();
        if (batch.expired.length > 0) batches++;
        return batch;
      }),
    );
    for (let i = 0; i < 700; i++) await issue({ user: `user-${i}`, ...code });
    await clock.advance(6_000);
    expect(errors).toHaveLength(1);
    const ticks = events.filter((event) => event.type === 'wheel.ticked').map(({ expired }) => expired);
    expect(ticks).toEqual([500, 200]);
  });

  test('survives a subscriber that throws', async () => {
    const { issue, bus, clock, types, errors } = startCore();
    bus.subscribe(({ type }) => {
      if (type === 'otp.expired') throw new Error('broken');
    });
    await issue({ user: 'alice', ...code });
    await clock.advance(6_000);
    await issue({ user: 'alice', ...code });
    await clock.advance(6_000);
    expect(types()).toEqual(['otp.requested', 'otp.expired', 'otp.requested', 'otp.expired']);
    expect(errors).toHaveLength(2);
  });

  test('ends between two batches when its signal aborts', async () => {
    const { issue, bus, clock, store, end } = startCore();
    for (let i = 0; i < 5_000; i++) await issue({ user: `user-${i}`, ...code });
    let ended: Promise<void> | undefined;
    let announced = 0;
    bus.subscribe(({ type }) => {
      if (type === 'otp.expired') announced++;
      ended ??= type === 'otp.expired' ? end() : undefined;
    });
    await clock.advance(5_000);
    await ended;
    expect(announced).toBeWithin(1, 5_000);
    expect((await store.expire(10_000)).expired).toHaveLength(5_000 - announced);
  });
});
