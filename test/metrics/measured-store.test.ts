import { describe, expect, test } from 'bun:test';
import { MemoryStore } from '../../src/core/memory-store.ts';
import type { Policy } from '../../src/core/store.ts';
import { MeasuredStore, OPERATIONS } from '../../src/metrics/measured-store.ts';
import { storeContract } from '../core/store-contract.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { UNLIMITED } from '../support/policies.ts';

const alice = { user: 'alice', purpose: 'default' };

function measuredRig(policy: Policy = UNLIMITED) {
  const clock = new ManualClock();
  const memory = new MemoryStore(clock, policy, 'run');
  const noted: [operation: string, ms: number | 'failed'][] = [];
  const store = new MeasuredStore(memory, clock, {
    took: (operation, ms) => noted.push([operation, ms]),
    failed: (operation) => noted.push([operation, 'failed']),
  });
  return { clock, memory, store, noted, pass: (ms: number) => clock.set(clock.now() + ms) };
}

storeContract('the measured store', measuredRig);

describe('the measured store', () => {
  test('tells of each operation, once, how long its answer took', async () => {
    const { store, noted } = measuredRig();
    await store.request({ ...alice, code: '111111', ttlMs: 5_000 });
    await store.verify(alice, '999999');
    await store.cancel(alice);
    await store.expireNow(alice);
    await store.forget();
    await store.expire(10);
    await store.live();
    await store.ready();
    expect(noted).toEqual(OPERATIONS.map((operation) => [operation, 0]));
  });

  test('counts the time until the answer comes, and passes a failure on', async () => {
    const { store, memory, clock, noted } = measuredRig();
    memory.verify = async () => {
      await clock.sleep(40);
      throw new Error('the store is down');
    };
    const failure = store.verify(alice, '999999').catch((error) => error);
    await clock.advance(40);
    expect(await failure).toEqual(new Error('the store is down'));
    expect(noted).toEqual([
      ['verify', 'failed'],
      ['verify', 40],
    ]);
  });

  test('counts the work that a store does before it gives its promise', async () => {
    const { store, memory, clock, noted } = measuredRig();
    memory.live = () => {
      clock.set(clock.now() + 25);
      return Promise.resolve(1);
    };
    await store.live();
    expect(noted).toEqual([['live', 25]]);
  });

  test('gives answers in the order in which the store took the steps', async () => {
    const { store } = measuredRig();
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
