import { describe, expect, test } from 'bun:test';
import { Registry } from 'prom-client';
import { MemoryStore } from '../../src/core/memory-store.ts';
import type { Policy } from '../../src/core/store.ts';
import { measuredStore } from '../../src/metrics/measured-store.ts';
import { storeContract } from '../core/store-contract.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { UNLIMITED } from '../support/policies.ts';
import { samplesOf } from './samples.ts';

const alice = { user: 'alice', purpose: 'default' };

function startMeasured(policy: Policy = UNLIMITED) {
  const clock = new ManualClock();
  const memory = new MemoryStore(clock, policy, 'run');
  const registry = new Registry();
  const store = measuredStore(memory, clock, registry);
  /** The metrics of one kind, by operation: those that are not 0. */
  const counted = async (kind: 'duration_seconds_count' | 'duration_seconds_sum' | 'errors_total') => {
    const samples = Object.entries(samplesOf(await registry.metrics()));
    return Object.fromEntries(
      samples.flatMap(([name, value]) => {
        const [, operation] = new RegExp(`^otp_store_${kind}\\{operation="(\\w+)"\\}$`).exec(name) ?? [];
        return operation === undefined || value === 0 ? [] : [[operation, value]];
      }),
    );
  };
  return { clock, memory, store, counted, pass: (ms: number) => clock.set(clock.now() + ms) };
}

storeContract('the measured store', startMeasured);

describe('the measured store', () => {
  test('counts each operation once', async () => {
    const { store, counted } = startMeasured();
    await store.request({ ...alice, code: '111111', ttlMs: 5_000 });
    await store.verify(alice, '999999');
    await store.cancel(alice);
    await store.expireNow(alice);
    await store.forget();
    await store.expire(10);
    await store.live();
    await store.ready();
    expect(await counted('duration_seconds_count')).toEqual({
      request: 1,
      verify: 1,
      cancel: 1,
      expireNow: 1,
      forget: 1,
      expire: 1,
      live: 1,
      ready: 1,
    });
    expect(await counted('errors_total')).toEqual({});
  });

  test('measures the time until the answer, counts a failure, and passes it on', async () => {
    const { store, memory, clock, counted } = startMeasured();
    memory.verify = async () => {
      await clock.sleep(40);
      throw new Error('the store is down');
    };
    const failure = store.verify(alice, '999999').catch((error) => error);
    await clock.advance(40);
    expect(await failure).toEqual(new Error('the store is down'));
    expect(await counted('duration_seconds_sum')).toEqual({ verify: 0.04 });
    expect(await counted('errors_total')).toEqual({ verify: 1 });
  });

  test('includes the work that a store does before it returns its promise', async () => {
    const { store, memory, clock, counted } = startMeasured();
    memory.live = () => {
      clock.set(clock.now() + 25);
      return Promise.resolve(1);
    };
    await store.live();
    expect(await counted('duration_seconds_sum')).toEqual({ live: 0.025 });
  });

  test('answers in the order in which the store took the steps', async () => {
    const { store } = startMeasured();
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    await Promise.all([
      store.request({ ...alice, code: '111111', ttlMs: 5_000 }).then(note('request')),
      store.verify(alice, '999999').then(note('verify')),
      store.expire(10).then(note('expire')),
      store.cancel(alice).then(note('cancel')),
    ]);
    expect(order).toEqual(['request', 'verify', 'expire', 'cancel']);
  });
});
