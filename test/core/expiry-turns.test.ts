import { expect, test } from 'bun:test';
import { Expiry } from '../../src/core/expiry.ts';
import { MemoryStore } from '../../src/core/memory-store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { UNLIMITED } from '../support/policies.ts';

/** A running expiry loop that notes when a pass asks the store for what is due; the answer waits for `answer`. */
function startExpiry(answer: () => Promise<void>) {
  const clock = new ManualClock();
  const log: string[] = [];
  const store = new MemoryStore(clock, UNLIMITED, 'run');
  const expire = store.expire.bind(store);
  store.expire = async (limit) => {
    log.push('pass begins');
    await answer();
    log.push('pass ends');
    return expire(limit);
  };
  const ending = new AbortController();
  const expiry = new Expiry({
    store,
    clock,
    announce: () => {},
    onError: (error) => void log.push(String(error)),
    signal: ending.signal,
  });
  const ended = expiry.run();
  return {
    clock,
    expiry,
    log,
    end: () => {
      ending.abort();
      return ended;
    },
  };
}

test('a tick waits for a step that is being taken, and for the pass after it', async () => {
  const { clock, expiry, log, end } = startExpiry(async () => {});
  const step = Promise.withResolvers<void>();
  const moved = expiry.expireAfter(() => step.promise);
  await clock.advance(3_000);
  expect(log).toEqual([]);
  log.push('step ends');
  step.resolve();
  await moved;
  await clock.settle();
  expect(log).toEqual(['step ends', 'pass begins', 'pass ends', 'pass begins', 'pass ends']);
  await end();
});

test('a step waits for the pass that is running', async () => {
  const answer = Promise.withResolvers<void>();
  const { clock, expiry, log, end } = startExpiry(() => answer.promise);
  await clock.advance(1_000);
  const moved = expiry.expireAfter(async () => void log.push('step'));
  await clock.settle();
  expect(log).toEqual(['pass begins']);
  answer.resolve();
  await moved;
  expect(log).toEqual(['pass begins', 'pass ends', 'step', 'pass begins', 'pass ends']);
  await end();
});
