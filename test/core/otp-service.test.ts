import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { OtpEvent } from '../../src/core/events.ts';
import { otpRig } from '../support/otps.ts';
import { FIVE_ATTEMPTS, UNLIMITED } from '../support/policies.ts';

const alice = { user: 'alice', purpose: 'default' };
const ask = { ...alice, ttlMs: 5_000 };
const cause = { requestId: 'r-1' };

describe('what happens is announced:', () => {
  test('a request, with the digits for whoever delivers them', async () => {
    const { issue, events, clock } = otpRig();
    const otp = await issue(ask, cause);
    expect(events).toEqual([
      {
        id: 'run-e1',
        time: clock.now(),
        type: 'otp.requested',
        ...alice,
        otp: otp.id,
        code: '111111',
        expiresAt: clock.now() + 5_000,
        requestId: 'r-1',
      },
    ]);
  });

  test('a request over a live code: first that it was replaced, then the new one', async () => {
    const { issue, events } = otpRig();
    const first = await issue(ask, cause);
    const second = await issue(ask, cause);
    expect(events.slice(1)).toMatchObject([
      { type: 'otp.replaced', otp: first.id, requestId: 'r-1' },
      { type: 'otp.requested', otp: second.id },
    ]);
  });

  test('a request over a code that has run out unnoticed: first that it expired, and not again by the wheel', async () => {
    const { issue, events, types, clock } = otpRig();
    const first = await issue(ask, cause);
    clock.set(clock.now() + 5_000);
    await issue(ask, cause);
    expect(events[1]).toMatchObject({ type: 'otp.expired', otp: first.id, requestId: 'r-1' });
    await clock.advance(2_000);
    expect(types()).toEqual(['otp.requested', 'otp.expired', 'otp.requested']);
  });

  test('a verification, a cancellation, and every guess that was turned down, with the reason', async () => {
    const { otps, issue, events, clock } = otpRig();
    await otps.verify(alice, '111111', cause);
    const { id: otp } = await issue(ask, cause);
    await otps.verify(alice, '222222', cause);
    await otps.verify(alice, '111111', cause);
    await issue(ask, cause);
    await otps.cancel(alice, cause);
    await otps.cancel(alice, cause);
    await issue(ask, cause);
    clock.set(clock.now() + 5_000);
    await otps.verify(alice, '111111', cause);
    expect(events.map(({ type }) => type)).toEqual([
      'otp.rejected',
      'otp.requested',
      'otp.rejected',
      'otp.verified',
      'otp.requested',
      'otp.cancelled',
      'otp.requested',
      'otp.rejected',
    ]);
    for (const event of events) expect(event).toHaveProperty('requestId', 'r-1');
    const rejected = events.filter((event) => event.type === 'otp.rejected');
    expect(rejected.map(({ reason }) => reason)).toEqual(['none', 'wrong', 'expired']);
    expect(rejected[0]).toEqual({
      id: 'run-e1',
      time: expect.any(Number),
      type: 'otp.rejected',
      reason: 'none',
      ...alice,
      ...cause,
    });
    expect(rejected[1]).toMatchObject({ otp });
  });

  test('the last wrong guess: first that it was rejected, then the lock, and no expiry of the burnt code', async () => {
    const { otps, issue, events, clock } = otpRig(FIVE_ATTEMPTS);
    const { id } = await issue(ask, cause);
    for (let i = 0; i < 6; i++) await otps.verify(alice, '999999', cause);
    await clock.advance(60_000);
    expect(events.slice(1)).toMatchObject([
      ...new Array(5).fill({ type: 'otp.rejected', reason: 'wrong', otp: id }),
      { type: 'otp.locked', otp: id, ...alice, ...cause },
      { type: 'otp.rejected', reason: 'locked', ...alice, ...cause },
    ]);
    expect(events).toHaveLength(8);
  });

  test('nothing of a request that is refused', async () => {
    const { otps, events } = otpRig({ ...UNLIMITED, maxRecords: 0 });
    expect(await otps.request(ask, cause)).toEqual({ refused: 'capacity', waitMs: 1_000 });
    expect(events).toEqual([]);
  });

  test('after it has happened: a subscriber that asks sees the new state', async () => {
    const { otps, issue, bus } = otpRig();
    const seen: unknown[] = [];
    bus.subscribe(async ({ type }) => {
      if (type === 'otp.verified') seen.push((await otps.verify(alice, '111111', {})).verdict);
    });
    await issue(ask, cause);
    await otps.verify(alice, '111111', cause);
    await Promise.resolve();
    expect(seen).toEqual(['none']);
  });
});

describe('whatever is asked at once, and however time passes,', () => {
  type Step =
    | { do: 'request' | 'verify' | 'cancel'; user: string; guess: string; ttl: number }
    | { do: 'pass'; ms: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom('request' as const, 'verify' as const, 'cancel' as const),
        user: fc.constantFrom('a', 'b', 'c'),
        guess: fc.constantFrom('111111', '999999'),
        ttl: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 3_000 }) }),
    },
  );

  /** Takes the steps without waiting for one before the next; only the passing of time waits. */
  async function play(steps: readonly Step[]): Promise<OtpEvent[]> {
    const { otps, clock, events, end, store, errors } = otpRig();
    const pending: Promise<unknown>[] = [];
    for (const { do: what, ...step } of steps) {
      if ('ms' in step) {
        await clock.advance(step.ms);
        continue;
      }
      const whose = { user: step.user, purpose: 'default' };
      if (what === 'request') pending.push(otps.request({ ...whose, ttlMs: step.ttl * 1_000 }, {}));
      else if (what === 'verify') pending.push(otps.verify(whose, step.guess, {}));
      else pending.push(otps.cancel(whose, {}));
    }
    await Promise.all(pending);
    await clock.advance(120_000);
    await end();
    expect(errors).toEqual([]);
    expect(store.wheel.entries).toBe(0);
    return events;
  }

  test('every code is announced once, and ends once: verified, replaced, cancelled or expired', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        const lives = new Map<string, string[]>();
        for (const event of await play(steps)) {
          if (!('otp' in event) || event.type === 'otp.rejected') continue;
          lives.set(event.otp, [...(lives.get(event.otp) ?? []), event.type]);
        }
        for (const life of lives.values()) {
          expect(life).toHaveLength(2);
          expect(life[0]).toBe('otp.requested');
          expect(life[1]).toMatch(/^otp\.(verified|replaced|cancelled|expired)$/);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('the events of one user make sense in the order in which they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        const live = new Map<string, string>();
        for (const event of await play(steps)) {
          if (!('otp' in event)) continue;
          if (event.type === 'otp.requested') {
            expect(live.has(event.user)).toBe(false);
            live.set(event.user, event.otp);
          } else if (event.type !== 'otp.rejected') {
            expect(live.get(event.user)).toBe(event.otp);
            live.delete(event.user);
          }
        }
        expect(live.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
