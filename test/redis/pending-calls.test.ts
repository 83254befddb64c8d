import { describe, expect, test } from 'bun:test';
import type { Clock } from '../../src/core/clock.ts';
import { PendingCalls } from '../../src/redis/pending-calls.ts';

/** Calls, and a clock that stands still with the process: its timers ring when they are told to, whatever is to be read. */
function rig() {
  let now = 0;
  const timers: (() => void)[] = [];
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    sleep: () => new Promise((ring) => void timers.push(ring)),
    yieldToEventLoop: () => Promise.resolve(),
  };
  const calls: PendingCalls = new PendingCalls(clock, () => calls.fail(new Error('late')));
  const ring = async () => {
    timers.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const standStill = (ms: number) => {
    now += ms;
    return ring();
  };
  return { calls, standStill, ring };
}

describe('calls that wait for their answers', () => {
  test('have what came while the process stood still, though the timer rings before that is read', async () => {
    const { calls, standStill, ring } = rig();
    const answer = Promise.withResolvers<string>();
    const called = calls.wait(answer.promise, 500);
    await standStill(2_000);
    answer.resolve('PONG');
    await ring();
    expect(await called).toBe('PONG');
  });

  test('are late once what came has been read, and it was none of theirs', async () => {
    const { calls, standStill, ring } = rig();
    const called = calls.wait(new Promise(() => {}), 500);
    const failure = called.catch(String);
    await standStill(2_000);
    await ring();
    expect(await failure).toBe('Error: late');
  });
});
