import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { OtpEvent } from '../../src/core/events.ts';
import { startCore } from '../support/core.ts';
import { FIVE_ATTEMPTS, UNLIMITED } from '../support/policies.ts';

const alice = { user: 'alice', purpose: 'default' };
const wanted = { ...alice, ttlMs: 5_000 };
const cause = { requestId: 'r-1' };

describe('the OTP service', () => {
  test('announces a new code with its digits, for delivery', async () => {
    const { issue, events, clock } = startCore();
    const otp = await issue(wanted, cause);
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

  test('announces that a live code was replaced, then the new code', async () => {
    const { issue, events } = startCore();
    const first = await issue(wanted, cause);
    const second = await issue(wanted, cause);
    expect(events.slice(1)).toMatchObject([
      { type: 'otp.replaced', otp: first.id, requestId: 'r-1' },
      { type: 'otp.requested', otp: second.id },
    ]);
  });

  test('announces that a code was sent again, and nothing of one that was only found', async () => {
    const { issue, events } = startCore();
    const first = await issue(wanted, cause);
    expect(await issue({ ...wanted, whenLive: 'resend' }, cause)).toMatchObject({
      id: first.id,
      how: 'resent',
    });
    expect(await issue({ ...wanted, whenLive: 'keep' }, cause)).toMatchObject({ id: first.id, how: 'found' });
    expect(events.slice(1)).toEqual([{ ...events[0], id: 'run-e2', type: 'otp.resent' } as OtpEvent]);
  });

  test("announces a refused guess at a code whose own limits are used up, and no user's lock", async () => {
    const { otps, issue, events, types } = startCore();
    const { id: otp } = await issue({ ...wanted, own: { checks: 1, resends: 0 } }, cause);
    await otps.verify(alice, '999999', cause);
    await otps.verify(alice, '111111', cause);
    expect(types()).toEqual(['otp.requested', 'otp.rejected', 'otp.rejected']);
    expect(events[2]).toMatchObject({ reason: 'locked', otp });
  });

  test("a code's own limits don't hold for exempt users", async () => {
    const { otps, issue } = startCore();
    const exempt = { user: 'exempt', purpose: 'default' };
    await issue({ ...exempt, ttlMs: 5_000, own: { checks: 0, resends: 0 } });
    expect(await issue({ ...exempt, ttlMs: 5_000, whenLive: 'resend' })).toHaveProperty('how', 'resent');
    expect(await otps.verify(exempt, '111111', cause)).toHaveProperty('verdict', 'verified');
  });

  test('announces that an earlier code expired, then the new code, and the expiry loop does not repeat it', async () => {
    const { issue, events, types, clock } = startCore();
    const first = await issue(wanted, cause);
    clock.set(clock.now() + 5_000);
    await issue(wanted, cause);
    expect(events[1]).toMatchObject({ type: 'otp.expired', otp: first.id, requestId: 'r-1' });
    await clock.advance(2_000);
    expect(types()).toEqual(['otp.requested', 'otp.expired', 'otp.requested']);
  });

  test('announces each verification and cancellation, and each rejected guess with the reason', async () => {
    const { otps, issue, events, clock } = startCore();
    await otps.verify(alice, '111111', cause);
    const { id: otp } = await issue(wanted, cause);
    await otps.verify(alice, '222222', cause);
    await otps.verify(alice, '111111', cause);
    await issue(wanted, cause);
    await otps.cancel(alice, cause);
    await otps.cancel(alice, cause);
    await issue(wanted, cause);
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

  test('announces that the last wrong guess was rejected, then the lock, and no expiry of the burnt code', async () => {
    const { otps, issue, events, clock } = startCore(FIVE_ATTEMPTS);
    const { id } = await issue(wanted, cause);
    for (let i = 0; i < 6; i++) await otps.verify(alice, '999999', cause);
    await clock.advance(60_000);
    expect(events.slice(1)).toMatchObject([
      ...new Array(5).fill({ type: 'otp.rejected', reason: 'wrong', otp: id }),
      { type: 'otp.locked', otp: id, ...alice, ...cause },
      { type: 'otp.rejected', reason: 'locked', ...alice, ...cause },
    ]);
    expect(events).toHaveLength(8);
  });

  test('announces once that a code was expired on request', async () => {
    const { otps, issue, events } = startCore();
    const { id } = await issue(wanted, cause);
    expect(await otps.expireNow(alice, cause)).toBe(true);
    expect(await otps.expireNow(alice, cause)).toBe(false);
    expect(events.slice(1)).toEqual([
      expect.objectContaining({ type: 'otp.expired', otp: id, ...alice, ...cause }),
    ]);
  });

  test('applies neither the cooldown nor the lock to an exempt user', async () => {
    const { otps, issue } = startCore({
      ...FIVE_ATTEMPTS,
      sends: { ...UNLIMITED.sends, cooldownMs: 30_000 },
    });
    const exempt = { ...wanted, user: 'exempt' };
    for (let i = 0; i < 2; i++) await issue(exempt);
    for (let i = 0; i < 6; i++) expect((await otps.verify(exempt, '999999', {})).verdict).toBe('wrong');
    expect((await otps.verify(exempt, '111111', {})).verdict).toBe('verified');
    await issue(wanted);
    expect(await otps.request(wanted, {})).toMatchObject({ refused: 'resend_cooldown' });
  });

  test('announces nothing about a refused request', async () => {
    const { otps, events } = startCore({ ...UNLIMITED, maxRecords: 0 });
    expect(await otps.request(wanted, cause)).toEqual({ refused: 'capacity', waitMs: 1_000 });
    expect(events).toEqual([]);
  });

  test('announces a step after it is taken, so a subscriber finds the new state in the store', async () => {
    const { otps, issue, bus } = startCore();
    const seen: unknown[] = [];
    bus.subscribe(async ({ type }) => {
      if (type === 'otp.verified') seen.push((await otps.verify(alice, '111111', {})).verdict);
    });
    await issue(wanted, cause);
    await otps.verify(alice, '111111', cause);
    await Promise.resolve();
    expect(seen).toEqual(['none']);
  });
});

describe('with simultaneous calls, and time passing in between,', () => {
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

  /** Makes all calls without waiting for their answers. Only a move of the clock waits for what it sets off. */
  async function play(steps: readonly Step[]): Promise<OtpEvent[]> {
    const { otps, clock, events, end, store, errors } = startCore();
    const pending: Promise<unknown>[] = [];
    for (const { do: what, ...step } of steps) {
      if ('ms' in step) {
        await clock.advance(step.ms);
        continue;
      }
      const key = { user: step.user, purpose: 'default' };
      if (what === 'request') pending.push(otps.request({ ...key, ttlMs: step.ttl * 1_000 }, {}));
      else if (what === 'verify') pending.push(otps.verify(key, step.guess, {}));
      else pending.push(otps.cancel(key, {}));
    }
    await Promise.all(pending);
    await clock.advance(120_000);
    await end();
    expect(errors).toEqual([]);
    expect(store.wheel.entries).toBe(0);
    return events;
  }

  test('every code is announced once and ends once: verified, replaced, cancelled or expired', async () => {
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

  test('the events of one user come in an order that makes sense: each code ends before the next one begins', async () => {
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
