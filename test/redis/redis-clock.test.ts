import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { systemClock } from '../../src/core/clock.ts';
import { RedisClock } from '../../src/redis/redis-clock.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

/** A machine whose clock shows START when its monotonic clock shows 0, and the clock of a Redis at that moment. */
function rig(redisAheadMs = 0) {
  const machine = { wall: START, monotonic: 0 };
  const redis = { now: START + redisAheadMs };
  const clock = new RedisClock(systemClock({ wall: () => machine.wall, monotonic: () => machine.monotonic }));
  const pass = (ms: number) => {
    machine.wall += ms;
    machine.monotonic += ms;
    redis.now += ms;
  };
  /** Asks Redis, which reads its clock `thereMs` later and is heard `backMs` after that. */
  const ask = (thereMs = 0, backMs = 0) => {
    const askedAt = machine.monotonic;
    pass(thereMs);
    const told = Math.floor(redis.now);
    pass(backMs);
    clock.learn(told, askedAt);
  };
  return { machine, redis, clock, pass, ask };
}

describe("service time by Redis's clock", () => {
  test("is the machine's before the first answer", () => {
    const { clock, pass } = rig(-HOUR);
    pass(5);
    expect(clock.now()).toBe(START + 5);
  });

  test('follows Redis from the first answer on, wherever the clock of the machine stands', () => {
    for (const ahead of [HOUR, -HOUR, 310_000]) {
      const { clock, redis, ask, pass } = rig(ahead);
      ask();
      expect(clock.now()).toBe(redis.now);
      pass(1_234);
      expect(clock.now()).toBe(redis.now);
      expect(clock.skewMs).toBe(-ahead);
    }
  });

  test("is not moved by a jump of the machine's clock, ahead or back", () => {
    const { clock, machine, redis, ask, pass } = rig();
    ask();
    machine.wall += HOUR;
    expect(clock.now()).toBe(redis.now);
    expect(clock.skewMs).toBe(HOUR);
    machine.wall -= 2 * HOUR;
    pass(100);
    expect(clock.now()).toBe(redis.now);
  });

  test('follows a Redis whose clock is set, ahead or back', () => {
    const { clock, redis, ask } = rig();
    ask();
    for (const ms of [HOUR, -2 * HOUR]) {
      redis.now += ms;
      ask();
      expect(Math.abs(clock.now() - redis.now)).toBeLessThanOrEqual(1);
    }
  });

  test('never strays further from Redis than the fastest answer since the clocks were set took, and a millisecond', () => {
    const ms = () => fc.integer({ min: 0, max: 400 }).map((tenths) => tenths / 10);
    fc.assert(
      fc.property(fc.array(fc.tuple(ms(), ms(), ms()), { minLength: 1 }), fc.integer(), (answers, ahead) => {
        const { clock, redis, ask, pass } = rig(ahead);
        let fastest = Number.POSITIVE_INFINITY;
        for (const [between, there, back] of answers) {
          pass(between);
          ask(there, back);
          fastest = Math.min(fastest, there + back);
          expect(Math.abs(clock.now() - redis.now)).toBeLessThanOrEqual(fastest + 2);
        }
      }),
    );
  });

  test('stays as it is where a slow answer agrees with what is known', () => {
    const { clock, redis, ask } = rig(HOUR);
    ask();
    for (const [there, back] of [
      [0, 400],
      [400, 0],
      [200, 200],
    ] as const) {
      ask(there, back);
      expect(clock.now()).toBe(redis.now);
    }
  });
});
