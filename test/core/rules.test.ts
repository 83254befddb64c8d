import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  type Attempts,
  afterEnds,
  afterSend,
  afterWrongCode,
  attemptsLeft,
  type Code,
  enterGrace,
  fateOfEarlier,
  firstEnd,
  judge,
  type Kept,
  limitsSends,
  lockedUntil,
  numberOf,
  phaseOf,
  type SendPolicy,
  type Sends,
  throttle,
} from '../../src/core/rules.ts';

const HOUR = 3_600_000;
const NOW = 1_000_000;
const policy = { maxAttempts: 3, lockoutMs: 300_000, everyGuessCounts: false };

const live: Code = { serial: 1, digits: numberOf('012345'), expiresAt: NOW + 1, goneAt: undefined };
const overdue: Code = { ...live, expiresAt: NOW };
const inGrace: Code = { ...overdue, goneAt: NOW + 1 };
const gone: Code = { ...overdue, goneAt: NOW };

describe('the phase of a code', () => {
  test.each([
    ['is live until 1 ms before its deadline', live, 'live'],
    ['is ended at its deadline, although nothing has noticed yet', overdue, 'ended'],
    ['is grace once its end was noticed', inGrace, 'grace'],
    ['is gone when the grace period is over', gone, 'gone'],
    ['is gone where there is no code', undefined, 'gone'],
  ] as const)('%s', (_, code, phase) => {
    expect(phaseOf(code, NOW)).toBe(phase);
  });

  test('stays ended for as long as nothing notices', () => {
    expect(phaseOf(overdue, NOW + 86_400_000)).toBe('ended');
  });

  test('is grace for a minute from when the end was noticed, however late that was', () => {
    const noticed = enterGrace(live, NOW + HOUR);
    expect(phaseOf(noticed, NOW + HOUR + 59_999)).toBe('grace');
    expect(phaseOf(noticed, NOW + HOUR + 60_000)).toBe('gone');
  });
});

test.each([
  ['a new request replaces a live code', live, 'replaced'],
  ['a new request finds that an unnoticed code has expired', overdue, 'expired'],
  ['a new request leaves a code alone whose end was noticed', inGrace, undefined],
  ['a first request ends no code', undefined, undefined],
] as const)('%s', (_, code, fate) => {
  expect(fateOfEarlier(code, NOW)).toBe(fate);
});

describe('the verdict on a guess', () => {
  const two: Attempts = { failures: 2, locks: 0, lockedUntil: 0, forgetAt: NOW + 1 };
  const lock: Attempts = { failures: 0, locks: 1, lockedUntil: NOW + 1, forgetAt: NOW + HOUR };

  test.each([
    ['a right guess in time is verified', { code: live }, '012345', 'verified'],
    ['a right guess at the very deadline is too late', { code: overdue }, '012345', 'expired'],
    ['a right guess in the grace period is too late', { code: inGrace }, '012345', 'expired'],
    ['a right guess after the grace period meets no code', { code: gone }, '012345', 'none'],
    ['other digits are wrong', { code: live }, '012346', 'wrong'],
    ['digits without the leading zero are wrong', { code: live }, '12345', 'wrong'],
    ['more digits than the code has are wrong', { code: live }, '0123450', 'wrong'],
    ['a wrong guess at the deadline is told that the code expired', { code: overdue }, '999999', 'expired'],
    ['a wrong guess in the grace period is told so too', { code: inGrace }, '999999', 'expired'],
    ['a guess at no code is told that there is none', { attempts: two }, '012345', 'none'],
    ['a guess where nothing is kept is told that there is none', {}, '012345', 'none'],
    ['a lock refuses a right guess', { code: live, attempts: lock }, '012345', 'locked'],
    ['a lock refuses a wrong guess', { code: live, attempts: lock }, '999999', 'locked'],
    ['a lock refuses a guess at no code', { attempts: lock }, '012345', 'locked'],
  ] as const)('%s', (_, kept, guess, verdict) => {
    expect(judge(kept, numberOf(guess), policy, NOW).verdict).toBe(verdict);
  });

  const failures = (kept: Kept, changes: Partial<typeof policy> = {}) => {
    const judged = judge(kept, numberOf('999999'), { ...policy, maxAttempts: 5, ...changes }, NOW);
    return 'kept' in judged ? judged.kept.attempts?.failures : undefined;
  };

  const kept = (code: Code, attempts: Attempts, guess: string) => {
    const judged = judge({ code, attempts }, numberOf(guess), policy, NOW);
    return 'kept' in judged ? judged.kept : undefined;
  };

  test('spends the code and clears the count if it is right', () => {
    expect(kept(live, two, '012345')).toEqual({});
  });

  test('burns a live code with the last wrong guess, and no other code', () => {
    const every = { ...policy, everyGuessCounts: true };
    expect(kept(live, { ...two, failures: 1 }, '999999')).toMatchObject({ code: live });
    expect(kept(live, two, '999999')).toEqual({
      code: undefined,
      attempts: expect.objectContaining({ locks: 1 }),
    });
    for (const code of [overdue, inGrace])
      expect(judge({ code, attempts: two }, 0, every, NOW)).toMatchObject({
        kept: { code, attempts: { locks: 1 } },
      });
  });

  test('keeps what is kept, the very same, if it does not count', () => {
    const before: Kept = { code: overdue, attempts: two };
    expect(judge(before, numberOf('999999'), policy, NOW)).toHaveProperty('kept', before);
  });

  test('counts a wrong code', () => {
    expect(failures({ code: live })).toBe(1);
    expect(failures({ code: live, attempts: two })).toBe(3);
  });

  test('counts no guess at an expired code or at none', () => {
    for (const code of [overdue, inGrace, gone, undefined]) expect(failures({ code, attempts: two })).toBe(2);
    expect(failures({})).toBeUndefined();
  });

  test('counts every guess if the policy says so', () => {
    for (const code of [live, overdue, inGrace, gone, undefined])
      expect(failures({ code, attempts: two }, { everyGuessCounts: true })).toBe(3);
    expect(failures({}, { everyGuessCounts: true })).toBe(1);
  });

  test('counts nothing where attempts are not limited', () => {
    expect(failures({ code: live }, { everyGuessCounts: true, maxAttempts: 0 })).toBeUndefined();
  });
});

describe('attempts', () => {
  /** The count after wrong codes at these times. */
  const after = (...times: number[]) =>
    times.reduce<Attempts | undefined>((attempts, now) => afterWrongCode(attempts, policy, now), undefined);

  test('count down to the lock', () => {
    const left = [[0], [0, 1], [0, 1, 2]].map((times) => {
      const attempts = after(...times);
      return attempts && attemptsLeft(attempts, policy, times.at(-1) ?? 0);
    });
    expect(left).toEqual([2, 1, 0]);
  });

  test('lock at the limit, for the lockout and not a moment longer', () => {
    const attempts = after(0, 1, 2);
    expect(lockedUntil(attempts, policy, 2)).toBe(300_002);
    expect(lockedUntil(attempts, policy, 300_001)).toBe(300_002);
    expect(lockedUntil(attempts, policy, 300_002)).toBeUndefined();
    expect(lockedUntil(after(0, 1), policy, 1)).toBeUndefined();
    expect(lockedUntil(undefined, policy, 0)).toBeUndefined();
  });

  test('are all back when the lock opens', () => {
    const attempts = after(0, 1, 2, 300_002);
    expect(attempts).toMatchObject({ failures: 1, locks: 1 });
    expect(attempts && attemptsLeft(attempts, policy, 300_002)).toBe(2);
  });

  test('are forgotten an hour after the last wrong code', () => {
    expect(after(0, HOUR - 1)?.failures).toBe(2);
    expect(after(0, HOUR)?.failures).toBe(1);
  });

  test('lock twice as long each time, and an hour at most', () => {
    let attempts: Attempts | undefined;
    let now = 0;
    const minutes: number[] = [];
    for (let lock = 0; lock < 100; lock++) {
      for (let i = 0; i < 3; i++) attempts = afterWrongCode(attempts, policy, now);
      const opens = lockedUntil(attempts, policy, now) ?? now;
      minutes.push((opens - now) / 60_000);
      now = opens;
    }
    expect(minutes.slice(0, 6)).toEqual([5, 10, 20, 40, 60, 60]);
    expect(Math.max(...minutes)).toBe(60);
  });

  test('lock for the first length again an hour after the last lock opened', () => {
    const opened = 300_002;
    expect(after(0, 1, 2, opened + HOUR - 1)?.locks).toBe(1);
    expect(after(0, 1, 2, opened + HOUR)?.locks).toBe(0);
    expect(after(0, 1, 2)?.forgetAt).toBe(opened + HOUR);
  });
});

describe('requests for one user', () => {
  const none: SendPolicy = { cooldownMs: 0, limit: 0, windowMs: 600_000 };
  const cooldown = { ...none, cooldownMs: 30_000 };
  const limit = { ...none, limit: 3 };
  const sent = (...times: number[]): Sends => ({ times, forgetAt: Number.POSITIVE_INFINITY });

  test('are unlimited by default', () => {
    expect(throttle(sent(0, 0, 0, 0), none, 0)).toBeUndefined();
    expect([limitsSends(none), limitsSends(cooldown), limitsSends(limit)]).toEqual([false, true, true]);
  });

  test('wait for the cooldown after the last one, and not a moment longer', () => {
    expect(throttle(undefined, cooldown, 0)).toBeUndefined();
    expect(throttle(sent(0, 1_000), cooldown, 30_999)).toEqual({ reason: 'resend_cooldown', until: 31_000 });
    expect(throttle(sent(0, 1_000), cooldown, 31_000)).toBeUndefined();
  });

  test('wait until the oldest of as many as are allowed has left the window', () => {
    expect(throttle(sent(0, 1_000), limit, 2_000)).toBeUndefined();
    const three = sent(0, 1_000, 2_000);
    expect(throttle(three, limit, 599_999)).toEqual({ reason: 'send_limit', until: 600_000 });
    expect(throttle(three, limit, 600_000)).toBeUndefined();
  });

  test('are told of the cooldown before the limit', () => {
    const both = { ...limit, cooldownMs: 30_000 };
    expect(throttle(sent(0, 1, 2), both, 3)?.reason).toBe('resend_cooldown');
  });

  test('are kept for as long as they limit anything', () => {
    expect(afterSend(sent(0), cooldown, 5_000)).toEqual({ times: [5_000], forgetAt: 35_000 });
    expect(afterSend(sent(0), limit, 5_000)).toEqual({ times: [0, 5_000], forgetAt: 605_000 });
    expect(afterSend(sent(1, 2, 3), limit, 4).times).toEqual([2, 3, 4]);
  });

  test('never exceed the limit in any window, and pass whenever they may', () => {
    const policies = fc.record({
      cooldownMs: fc.nat(20),
      limit: fc.integer({ min: 1, max: 4 }),
      windowMs: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(policies, fc.array(fc.nat(15), { minLength: 10, maxLength: 60 }), (policy, waits) => {
        let sends: Sends | undefined;
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

describe('what is kept', () => {
  const attempts: Attempts = { failures: 1, locks: 0, lockedUntil: 0, forgetAt: NOW + 5 };
  const sends: Sends = { times: [NOW], forgetAt: NOW + 3 };

  test('ends first at its earliest end', () => {
    expect(firstEnd({})).toBeUndefined();
    expect(firstEnd({ code: live })).toBe(NOW + 1);
    expect(firstEnd({ code: { ...live, expiresAt: NOW + 9 }, attempts })).toBe(NOW + 5);
    expect(firstEnd({ attempts, sends })).toBe(NOW + 3);
    expect(firstEnd({ code: { ...inGrace, goneAt: NOW + 60_000 } })).toBe(NOW + 60_000);
  });

  test('loses each part at its own end, and a code enters its grace period first', () => {
    expect(afterEnds({ code: live, attempts, sends }, NOW)).toEqual({ code: live, attempts, sends });
    const entered = { ...overdue, goneAt: NOW + 60_000 };
    expect(afterEnds({ code: overdue, attempts }, NOW)).toEqual({ code: entered, attempts });
    expect(afterEnds({ code: gone, attempts, sends }, NOW + 3)).toEqual({ attempts });
    expect(firstEnd(afterEnds({ code: gone, attempts, sends }, NOW + 5))).toBeUndefined();
  });

  test('once its ends were applied at a moment, ends next at a later one', () => {
    const time = fc.option(fc.nat(100), { nil: undefined });
    fc.assert(
      fc.property(time, time, time, time, fc.nat(100), (expiresAt, goneAt, forgetAt, sendsForgetAt, now) => {
        const kept = {
          code: expiresAt === undefined ? undefined : { ...live, expiresAt, goneAt },
          attempts: forgetAt === undefined ? undefined : { ...attempts, forgetAt },
          sends: sendsForgetAt === undefined ? undefined : { ...sends, forgetAt: sendsForgetAt },
        };
        expect(firstEnd(afterEnds(kept, now)) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
      }),
    );
  });
});
