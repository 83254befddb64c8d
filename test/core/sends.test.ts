import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  afterSend,
  limitsSends,
  type SendPolicy,
  type Sends,
  sendsForgottenAt,
  throttle,
} from '../../src/core/rules/sends.ts';

const none: SendPolicy = { cooldownMs: 0, limit: 0, windowMs: 600_000 };
const cooldown = { ...none, cooldownMs: 30_000 };
const limit = { ...none, limit: 3 };

describe('requests for a user', () => {
  test('are not limited unless that is set', () => {
    expect(throttle([0, 0, 0, 0], none, 0)).toBeUndefined();
    expect(limitsSends(none)).toBe(false);
  });

  test('have to wait for the cooldown after the last one, and not a moment longer', () => {
    expect(throttle([], cooldown, 0)).toBeUndefined();
    expect(throttle([0, 1_000], cooldown, 30_999)).toEqual({ reason: 'resend_cooldown', until: 31_000 });
    expect(throttle([0, 1_000], cooldown, 31_000)).toBeUndefined();
  });

  test('have to wait until the oldest of as many as are allowed has left the window', () => {
    expect(throttle([0, 1_000], limit, 2_000)).toBeUndefined();
    expect(throttle([0, 1_000, 2_000], limit, 599_999)).toEqual({ reason: 'send_limit', until: 600_000 });
    expect(throttle([0, 1_000, 2_000], limit, 600_000)).toBeUndefined();
  });

  test('are told of the cooldown first', () => {
    expect(throttle([0, 1, 2], { ...limit, cooldownMs: 30_000 }, 3)?.reason).toBe('resend_cooldown');
  });

  test('are remembered for as long as they limit anything', () => {
    expect(sendsForgottenAt([0, 5_000], cooldown)).toBe(35_000);
    expect(sendsForgottenAt([0, 5_000], limit)).toBe(605_000);
    expect(afterSend([1, 2, 3], limit, 4)).toEqual([2, 3, 4]);
    expect(afterSend([1], cooldown, 4)).toEqual([4]);
  });

  test('never pass the limit in any window, however they come, and pass whenever they may', () => {
    const policies = fc.record({
      cooldownMs: fc.nat(20),
      limit: fc.integer({ min: 1, max: 4 }),
      windowMs: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(policies, fc.array(fc.nat(15), { minLength: 10, maxLength: 60 }), (policy, waits) => {
        let sends: Sends = [];
        let now = 0;
        const passed: number[] = [];
        for (const wait of waits) {
          now += wait;
          const recent = passed.filter((at) => now - at < policy.windowMs).length;
          const cool = now - (passed.at(-1) ?? Number.NEGATIVE_INFINITY) >= policy.cooldownMs;
          const throttled = throttle(sends, policy, now);
          expect(throttled === undefined).toBe(cool && recent < policy.limit);
          if (throttled !== undefined) continue;
          sends = afterSend(sends, policy, now);
          passed.push(now);
        }
      }),
    );
  });
});
