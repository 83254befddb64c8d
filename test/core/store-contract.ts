import { describe, expect, test } from 'bun:test';
import type { Issued, Otp, OtpKey, Policy, Store } from '../../src/core/store.ts';
import { FIVE_ATTEMPTS, UNLIMITED } from '../support/policies.ts';

/** A store under test, and its time, which `pass` moves. */
export interface Rig {
  readonly store: Store;
  pass(ms: number): void | Promise<void>;
}

const GRACE_MS = 60_000;
const alice = { user: 'alice', purpose: 'default' };
const TTL_MS = 5_000;

/**
 * What every store promises. `makeWith` gives a new, empty one that keeps to a policy.
 *
 * @param races how many times 50 verifications race each other: fewer where that takes long and is run elsewhere
 */
export function storeContract(
  name: string,
  makeWith: (policy: Policy) => Rig | Promise<Rig>,
  races = 20_000,
): void {
  const make = async () => makeWith(UNLIMITED);

  const request = async (
    { store }: Rig,
    code: string,
    key: OtpKey = alice,
    ttlMs = TTL_MS,
  ): Promise<Issued> => {
    const answer = await store.request({ ...key, code, ttlMs });
    if ('refused' in answer) throw new Error(`the request was refused: ${answer.refused}`);
    return answer;
  };
  const issue = async (...args: Parameters<typeof request>): Promise<Otp> => (await request(...args)).otp;

  /** Everything that is due, as the expiry loop would fetch it. */
  const expire = async ({ store }: Rig, limit = 100): Promise<Otp[]> => {
    const expired: Otp[] = [];
    for (let more = true; more; ) {
      const batch = await store.expire(limit);
      expired.push(...batch.expired);
      more = batch.more;
    }
    return expired;
  };

  /** Passes time second by second, as the wheel turns. */
  const turn = async (rig: Rig, seconds: number): Promise<Otp[]> => {
    const expired: Otp[] = [];
    for (let i = 0; i < seconds; i++) {
      await rig.pass(1_000);
      expired.push(...(await expire(rig)));
    }
    return expired;
  };

  describe(`${name} keeps a code`, () => {
    test('and tells its id, whose it is and when it runs out', async () => {
      const rig = await make();
      const first = await issue(rig, '111111');
      await rig.pass(250);
      const second = await issue(rig, '111111', { user: 'bob', purpose: 'login' });
      expect(first).toMatchObject(alice);
      expect(second).toMatchObject({ user: 'bob', purpose: 'login' });
      expect(second.expiresAt - first.expiresAt).toBe(250);
      expect(second.id).not.toBe(first.id);
    });

    test('that a right guess spends, once', async () => {
      const rig = await make();
      const otp = await issue(rig, '012345');
      expect(await rig.store.verify(alice, '012345')).toEqual({ verdict: 'verified', otp });
      expect(await rig.store.verify(alice, '012345')).toEqual({ verdict: 'none' });
    });

    test('that a wrong guess leaves as it is', async () => {
      const rig = await make();
      const otp = await issue(rig, '012345');
      for (const guess of ['012346', '12345', '0123450', '9012345', '0000']) {
        expect(await rig.store.verify(alice, guess)).toEqual({ verdict: 'wrong', otp });
      }
      expect((await rig.store.verify(alice, '012345')).verdict).toBe('verified');
    });

    test('for one user and one purpose only', async () => {
      const rig = await make();
      await issue(rig, '111111', { user: 'alice', purpose: 'login' });
      await issue(rig, '222222', { user: 'alice', purpose: 'reset' });
      await issue(rig, '333333', { user: 'Alice', purpose: 'login' });
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('none');
      expect((await rig.store.verify({ user: 'alice', purpose: 'reset' }, '111111')).verdict).toBe('wrong');
      expect((await rig.store.verify({ user: 'alice', purpose: 'login' }, '111111')).verdict).toBe(
        'verified',
      );
      expect((await rig.store.verify({ user: 'alice', purpose: 'reset' }, '222222')).verdict).toBe(
        'verified',
      );
      expect((await rig.store.verify({ user: 'Alice', purpose: 'login' }, '333333')).verdict).toBe(
        'verified',
      );
    });

    test('whatever is in a name: no two pairs of user and purpose are one', async () => {
      const pairs = [
        ['a', 'bc'],
        ['ab', 'c'],
        ['a:b', 'c'],
        ['a', 'b:c'],
        ['a', 'default'],
        ['adefault', 'default'],
      ];
      const rig = await make();
      for (const [i, [user = '', purpose = '']] of pairs.entries())
        await issue(rig, `10000${i}`, { user, purpose });
      for (const [i, [user = '', purpose = '']] of pairs.entries()) {
        expect((await rig.store.verify({ user, purpose }, `10000${i}`)).verdict).toBe('verified');
      }
    });

    test.each(['__proto__', 'constructor', 'toString', '*', 'a:b', '{x}', '😀', ' alice', 'é', 'e\u0301'])(
      'for a user named %j as for any other',
      async (user) => {
        const rig = await make();
        await issue(rig, '111111', { user, purpose: 'default' });
        expect((await rig.store.verify({ user: `${user}x`, purpose: 'default' }, '111111')).verdict).toBe(
          'none',
        );
        expect((await rig.store.verify({ user, purpose: 'default' }, '111111')).verdict).toBe('verified');
      },
    );
  });

  describe(`${name} replaces a code`, () => {
    test('by the next one for that user and purpose: the earlier one is from then on wrong', async () => {
      const rig = await make();
      const first = await issue(rig, '111111');
      const { otp, earlier } = await request(rig, '222222');
      expect(earlier).toEqual({ otp: first, fate: 'replaced' });
      expect(await rig.store.verify(alice, '111111')).toEqual({ verdict: 'wrong', otp });
      expect((await rig.store.verify(alice, '222222')).verdict).toBe('verified');
    });

    test('and says that the earlier one expired where its end was not noticed yet', async () => {
      const rig = await make();
      const first = await issue(rig, '111111');
      await rig.pass(TTL_MS);
      const { earlier } = await request(rig, '222222');
      expect(earlier).toEqual({ otp: first, fate: 'expired' });
      expect(await expire(rig)).toEqual([]);
    });

    test('and says nothing of one whose end was noticed, or that was used or cancelled', async () => {
      const rig = await make();
      await issue(rig, '111111');
      await turn(rig, 6);
      expect(await request(rig, '222222')).not.toHaveProperty('earlier');
      await rig.store.verify(alice, '222222');
      expect(await request(rig, '333333')).not.toHaveProperty('earlier');
      await rig.store.cancel(alice);
      expect(await request(rig, '444444')).not.toHaveProperty('earlier');
    });
  });

  describe(`${name} cancels a code`, () => {
    test('while it lives, once', async () => {
      const rig = await make();
      const otp = await issue(rig, '111111');
      expect(await rig.store.cancel(alice)).toEqual(otp);
      expect(await rig.store.cancel(alice)).toBeUndefined();
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('none');
    });

    test('but not when it has run out: it expires as if nobody had asked', async () => {
      const rig = await make();
      const otp = await issue(rig, '111111');
      await rig.pass(TTL_MS);
      expect(await rig.store.cancel(alice)).toBeUndefined();
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('expired');
      await rig.pass(1_000);
      expect(await expire(rig)).toEqual([otp]);
      expect(await rig.store.cancel(alice)).toBeUndefined();
    });
  });

  describe(`${name} lets a code run out`, () => {
    test('at its deadline, whether or not anybody has noticed', async () => {
      const rig = await make();
      await issue(rig, '111111');
      await rig.pass(TTL_MS - 1);
      expect((await rig.store.verify(alice, '999999')).verdict).toBe('wrong');
      await rig.pass(1);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('expired');
      expect((await rig.store.verify(alice, '999999')).verdict).toBe('expired');
    });

    test('and reports it once, within a second, asked for or not', async () => {
      const rig = await make();
      const otp = await issue(rig, '111111');
      expect(await turn(rig, 4)).toEqual([]);
      await rig.pass(1_000);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('expired');
      expect(await turn(rig, 1)).toEqual([otp]);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('expired');
      expect(await turn(rig, 120)).toEqual([]);
    });

    test('and knows it as expired for a minute at least, then no more', async () => {
      const rig = await make();
      await issue(rig, '111111');
      await turn(rig, TTL_MS / 1_000 + GRACE_MS / 1_000 - 1);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('expired');
      await turn(rig, 3);
      expect(await rig.store.verify(alice, '111111')).toEqual({ verdict: 'none' });
    });

    test('and counts that minute from when its end was noticed, as after a leap of the clock', async () => {
      const rig = await make();
      const otp = await issue(rig, '111111');
      await rig.pass(86_400_000);
      expect(await expire(rig)).toEqual([otp]);
      await rig.pass(GRACE_MS - 1);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('expired');
      await rig.pass(1);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('none');
    });

    test('but does not report one that was verified, replaced or cancelled before', async () => {
      const rig = await make();
      await issue(rig, '111111', { user: 'verified', purpose: 'default' });
      await issue(rig, '111111', { user: 'replaced', purpose: 'default' });
      await issue(rig, '111111', { user: 'cancelled', purpose: 'default' });
      await rig.store.verify({ user: 'verified', purpose: 'default' }, '111111');
      await rig.store.cancel({ user: 'cancelled', purpose: 'default' });
      const last = await issue(rig, '222222', { user: 'replaced', purpose: 'default' }, 20_000);
      expect(await turn(rig, 10)).toEqual([]);
      expect(await turn(rig, 11)).toEqual([last]);
    });

    test('in batches no larger than it is asked for, those of an earlier second first', async () => {
      const rig = await make();
      for (const [seconds, user] of [3, 1, 2].flatMap(
        (s) =>
          [
            [s, `a${s}`],
            [s, `b${s}`],
          ] as const,
      )) {
        await issue(rig, '111111', { user, purpose: 'default' }, seconds * 1_000);
      }
      await rig.pass(10_000);
      expect((await rig.store.expire(1)).expired).toHaveLength(1);
      const users = (await expire(rig, 2)).map(({ user }) => user.slice(1));
      expect(users).toEqual(['1', '2', '2', '3', '3']);
    });
  });

  describe(`${name} limits guesses`, () => {
    const wrong = (rig: Rig, key: OtpKey = alice) => rig.store.verify(key, '999999');

    test('counting down with each wrong code, and locking with the last one, which burns the code', async () => {
      const rig = await makeWith(FIVE_ATTEMPTS);
      const otp = await issue(rig, '111111');
      for (const attemptsLeft of [4, 3, 2, 1, 0])
        expect(await wrong(rig)).toEqual({ verdict: 'wrong', otp, attemptsLeft });
      expect(await rig.store.verify(alice, '111111')).toEqual({ verdict: 'locked', waitMs: 300_000 });
      expect(await rig.store.request({ ...alice, code: '222222', ttlMs: TTL_MS })).toEqual({
        refused: 'locked',
        waitMs: 300_000,
      });
      expect(await rig.store.cancel(alice)).toBeUndefined();
      expect(await turn(rig, 10)).toEqual([]);
    });

    test('across codes: a new request is no new chance', async () => {
      const rig = await makeWith(FIVE_ATTEMPTS);
      for (const left of [4, 3, 2, 1, 0]) {
        await issue(rig, '111111');
        expect(await wrong(rig)).toMatchObject({ attemptsLeft: left });
      }
      expect(await rig.store.request({ ...alice, code: '222222', ttlMs: TTL_MS })).toMatchObject({
        refused: 'locked',
      });
    });

    test('of one user and purpose without a word to the others', async () => {
      const rig = await makeWith(FIVE_ATTEMPTS);
      await issue(rig, '111111');
      await issue(rig, '111111', { user: 'alice', purpose: 'login' });
      for (let i = 0; i < 5; i++) await wrong(rig);
      expect((await rig.store.verify({ user: 'alice', purpose: 'login' }, '111111')).verdict).toBe(
        'verified',
      );
    });

    test('until the lock opens, on time; then there are all attempts again, and the next lock is twice as long', async () => {
      const rig = await makeWith(FIVE_ATTEMPTS);
      await issue(rig, '111111');
      for (let i = 0; i < 5; i++) await wrong(rig);
      await rig.pass(299_999);
      expect(await rig.store.verify(alice, '111111')).toEqual({ verdict: 'locked', waitMs: 1 });
      await rig.pass(1);
      expect(await rig.store.verify(alice, '111111')).toEqual({ verdict: 'none' });
      await issue(rig, '222222');
      for (const attemptsLeft of [4, 3, 2, 1, 0]) expect(await wrong(rig)).toMatchObject({ attemptsLeft });
      expect(await rig.store.verify(alice, '222222')).toEqual({ verdict: 'locked', waitMs: 600_000 });
    });

    test('until a success, which forgets them', async () => {
      const rig = await makeWith(FIVE_ATTEMPTS);
      await issue(rig, '111111');
      for (let i = 0; i < 4; i++) await wrong(rig);
      await rig.store.verify(alice, '111111');
      await issue(rig, '111111');
      expect(await wrong(rig)).toMatchObject({ attemptsLeft: 4 });
    });

    test('until an hour after the last one, then forgets them, and itself keeps nothing', async () => {
      const rig = await makeWith(FIVE_ATTEMPTS);
      await issue(rig, '111111');
      await wrong(rig);
      await rig.pass(3_600_000);
      await expire(rig);
      await issue(rig, '111111');
      expect(await wrong(rig)).toMatchObject({ attemptsLeft: 4 });
    });

    test('and counts none at an expired code or at no code, unless every guess counts', async () => {
      const rig = await makeWith(FIVE_ATTEMPTS);
      expect(await wrong(rig)).toEqual({ verdict: 'none' });
      const otp = await issue(rig, '111111');
      await rig.pass(TTL_MS);
      expect(await wrong(rig)).toEqual({ verdict: 'expired', otp });
      const guesses = { ...FIVE_ATTEMPTS.guesses, everyGuessCounts: true };
      const strict = await makeWith({ ...FIVE_ATTEMPTS, guesses });
      for (const attemptsLeft of [4, 3, 2, 1, 0])
        expect(await wrong(strict)).toEqual({ verdict: 'none', attemptsLeft });
      expect(await wrong(strict)).toEqual({ verdict: 'locked', waitMs: 300_000 });
    });

    test('and still reports the end of a code that had run out unnoticed when the lock came', async () => {
      const guesses = { ...FIVE_ATTEMPTS.guesses, everyGuessCounts: true };
      const rig = await makeWith({ ...FIVE_ATTEMPTS, guesses });
      const otp = await issue(rig, '111111');
      await rig.pass(TTL_MS);
      for (let i = 0; i < 5; i++) expect((await wrong(rig)).verdict).toBe('expired');
      expect((await wrong(rig)).verdict).toBe('locked');
      expect(await turn(rig, 1)).toEqual([otp]);
    });

    test('however many come at once: of 100 wrong ones exactly five are judged, 1,000 times over', async () => {
      const rig = await makeWith(FIVE_ATTEMPTS);
      for (let trial = 0; trial < 1_000; trial++) {
        const key = { user: `user-${trial}`, purpose: 'default' };
        await issue(rig, '111111', key);
        const verdicts = await Promise.all(Array.from({ length: 100 }, () => wrong(rig, key)));
        const judged = verdicts.filter(({ verdict }) => verdict === 'wrong').length;
        if (judged !== 5) throw new Error(`${judged} of 100 guesses were judged in trial ${trial}`);
        expect((await rig.store.verify(key, '111111')).verdict).toBe('locked');
      }
    }, 300_000);
  });

  describe(`${name} limits requests`, () => {
    const ask = ({ store }: Rig, user = 'alice', purpose = 'default') =>
      store.request({ user, purpose, code: '111111', ttlMs: TTL_MS });

    test('to one within the cooldown, for all purposes of a user together', async () => {
      const rig = await makeWith({ ...UNLIMITED, sends: { ...UNLIMITED.sends, cooldownMs: 30_000 } });
      await issue(rig, '111111');
      await rig.pass(1_000);
      expect(await ask(rig, 'alice', 'login')).toEqual({ refused: 'resend_cooldown', waitMs: 29_000 });
      expect(await ask(rig, 'bob')).toHaveProperty('otp');
      await rig.pass(29_000);
      expect(await ask(rig, 'alice', 'login')).toHaveProperty('otp');
    });

    test('to so many within a window', async () => {
      const rig = await makeWith({ ...UNLIMITED, sends: { ...UNLIMITED.sends, limit: 3 } });
      for (let i = 0; i < 3; i++) {
        expect(await ask(rig)).toHaveProperty('otp');
        await rig.pass(60_000);
      }
      expect(await ask(rig)).toEqual({ refused: 'send_limit', waitMs: 420_000 });
      await rig.pass(420_000);
      expect(await ask(rig)).toHaveProperty('otp');
      expect(await ask(rig)).toMatchObject({ refused: 'send_limit' });
    });

    test('also after a success', async () => {
      const rig = await makeWith({
        ...UNLIMITED,
        sends: { ...UNLIMITED.sends, cooldownMs: 30_000, limit: 3 },
      });
      await issue(rig, '111111');
      await rig.store.verify(alice, '111111');
      expect(await ask(rig)).toMatchObject({ refused: 'resend_cooldown' });
    });

    test('and a refused one has no effect: the earlier code stays, and no time is added', async () => {
      const rig = await makeWith({ ...UNLIMITED, sends: { ...UNLIMITED.sends, cooldownMs: 30_000 } });
      await issue(rig, '222222', alice, 60_000);
      for (let i = 0; i < 10; i++) {
        await rig.pass(1_000);
        expect(await ask(rig)).toEqual({ refused: 'resend_cooldown', waitMs: 29_000 - i * 1_000 });
      }
      expect((await rig.store.verify(alice, '222222')).verdict).toBe('verified');
    });
  });

  describe(`${name} limits memory`, () => {
    const ask = ({ store }: Rig, user: string, ttlMs = TTL_MS) =>
      store.request({ user, purpose: 'default', code: '111111', ttlMs });

    test('to so many records, and lets those there are go on', async () => {
      const rig = await makeWith({ ...FIVE_ATTEMPTS, maxRecords: 3 });
      for (const user of ['a', 'b', 'c']) await ask(rig, user);
      expect(await ask(rig, 'd')).toEqual({ refused: 'capacity', waitMs: 1_000 });
      expect(await ask(rig, 'a')).toHaveProperty('otp');
      expect((await rig.store.verify({ user: 'a', purpose: 'default' }, '111111')).verdict).toBe('verified');
      expect(await ask(rig, 'd')).toHaveProperty('otp');
      expect(await ask(rig, 'a')).toMatchObject({ refused: 'capacity' });
    });

    test('counting codes in their grace period, until they are gone', async () => {
      const rig = await makeWith({ ...UNLIMITED, maxRecords: 1 });
      await ask(rig, 'a');
      await turn(rig, 60);
      expect(await ask(rig, 'b')).toMatchObject({ refused: 'capacity' });
      await turn(rig, 10);
      expect(await ask(rig, 'b')).toHaveProperty('otp');
    });

    test('counting sends, counts of wrong codes and locks, of which none is dropped', async () => {
      const guesses = { ...FIVE_ATTEMPTS.guesses, everyGuessCounts: true };
      const rig = await makeWith({
        guesses,
        sends: { ...UNLIMITED.sends, cooldownMs: 30_000 },
        maxRecords: 4,
      });
      await ask(rig, 'a');
      for (let i = 0; i < 5; i++) await rig.store.verify({ user: 'nobody', purpose: 'default' }, '999999');
      expect(await ask(rig, 'b')).toMatchObject({ refused: 'capacity' });
      expect((await rig.store.verify({ user: 'nobody', purpose: 'default' }, '999999')).verdict).toBe(
        'locked',
      );
      await rig.store.verify({ user: 'another', purpose: 'default' }, '999999');
      expect(await rig.store.verify({ user: 'one more', purpose: 'default' }, '999999')).toEqual({
        verdict: 'none',
      });
    });
  });

  describe(`${name} knows users who are exempt`, () => {
    const limited = { ...FIVE_ATTEMPTS, sends: { cooldownMs: 30_000, limit: 2, windowMs: 600_000 } };
    const wanted = { ...alice, code: '111111', ttlMs: TTL_MS };

    test('from cooldown and send limit', async () => {
      const rig = await makeWith(limited);
      for (let i = 0; i < 10; i++)
        expect(await rig.store.request({ ...wanted, exempt: true })).toHaveProperty('otp');
      expect(await rig.store.request(wanted)).toHaveProperty('otp');
      expect(await rig.store.request(wanted)).toMatchObject({ refused: 'resend_cooldown' });
    });

    test('from the count of wrong codes, which it leaves as it is', async () => {
      const rig = await makeWith(FIVE_ATTEMPTS);
      const otp = await issue(rig, '111111');
      for (let i = 0; i < 20; i++)
        expect(await rig.store.verify(alice, '999999', true)).toEqual({ verdict: 'wrong', otp });
      expect(await rig.store.verify(alice, '999999')).toMatchObject({ attemptsLeft: 4 });
      expect((await rig.store.verify(alice, '111111', true)).verdict).toBe('verified');
    });

    test('from a lock that is on', async () => {
      const rig = await makeWith(FIVE_ATTEMPTS);
      await issue(rig, '111111');
      for (let i = 0; i < 5; i++) await rig.store.verify(alice, '999999');
      expect(await rig.store.request(wanted)).toMatchObject({ refused: 'locked' });
      expect(await rig.store.request({ ...wanted, exempt: true })).toHaveProperty('otp');
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('locked');
      expect((await rig.store.verify(alice, '111111', true)).verdict).toBe('verified');
    });
  });

  describe(`${name} has a code run out when it is told to`, () => {
    test('once, and knows it as expired for a minute from then on', async () => {
      const rig = await make();
      const { id, expiresAt } = await issue(rig, '111111');
      await rig.pass(1_000);
      const otp = { ...alice, id, expiresAt: expiresAt - TTL_MS + 1_000 };
      expect(await rig.store.expireNow(alice)).toEqual(otp);
      expect(await rig.store.expireNow(alice)).toBeUndefined();
      expect(await rig.store.verify(alice, '111111')).toEqual({ verdict: 'expired', otp });
      expect(await turn(rig, 59)).toEqual([]);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('expired');
      expect(await turn(rig, 2)).toEqual([]);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('none');
    });

    test('but not one that has run out by itself: that is reported as ever', async () => {
      const rig = await make();
      const otp = await issue(rig, '111111');
      await rig.pass(TTL_MS);
      expect(await rig.store.expireNow(alice)).toBeUndefined();
      expect(await turn(rig, 1)).toEqual([otp]);
    });

    test('and says nothing more of it when the next one replaces it', async () => {
      const rig = await make();
      await issue(rig, '111111');
      await rig.store.expireNow(alice);
      expect(await request(rig, '222222')).not.toHaveProperty('earlier');
    });
  });

  describe(`${name} forgets`, () => {
    const limited = { ...FIVE_ATTEMPTS, sends: { cooldownMs: 30_000, limit: 2, windowMs: 600_000 } };
    const bob = { user: 'bob', purpose: 'default' };

    test('everything: codes, counts, locks and sends, and reports nothing of them', async () => {
      const rig = await makeWith(limited);
      await issue(rig, '111111');
      for (let i = 0; i < 5; i++) await rig.store.verify(alice, '999999');
      await issue(rig, '111111', bob);
      await rig.store.forget();
      expect(await turn(rig, 10)).toEqual([]);
      expect(await rig.store.verify(bob, '111111')).toEqual({ verdict: 'none' });
      expect(await request(rig, '222222')).not.toHaveProperty('earlier');
      expect(await rig.store.verify(alice, '999999')).toMatchObject({ attemptsLeft: 4 });
    });

    test('all purposes of one user, and nothing of another, whatever its name begins with', async () => {
      const rig = await makeWith(limited);
      const login = { user: 'alice', purpose: 'login' };
      const others = [bob, { user: 'alice2', purpose: 'login' }, { user: 'al', purpose: 'ice' }];
      await issue(rig, '111111');
      for (let i = 0; i < 5; i++) await rig.store.verify(alice, '999999');
      await rig.pass(30_000);
      await issue(rig, '222222', login, 60_000);
      for (const other of others) await issue(rig, '333333', other, 60_000);
      await rig.store.forget('alice');
      expect(await rig.store.verify(login, '222222')).toEqual({ verdict: 'none' });
      expect(await request(rig, '444444')).not.toHaveProperty('earlier');
      for (const other of others) expect((await rig.store.verify(other, '333333')).verdict).toBe('verified');
      expect(await rig.store.request({ ...bob, code: '555555', ttlMs: TTL_MS })).toMatchObject({
        refused: 'resend_cooldown',
      });
    });

    test('a user of whom there is nothing', async () => {
      const rig = await make();
      const otp = await issue(rig, '111111');
      await rig.store.forget('nobody');
      expect(await rig.store.verify(alice, '111111')).toEqual({ verdict: 'verified', otp });
    });
  });

  describe(`${name} counts live codes`, () => {
    const bob = { user: 'bob', purpose: 'default' };

    test('each from its request to its end, however it ends', async () => {
      const rig = await makeWith(FIVE_ATTEMPTS);
      const { store } = rig;
      expect(await store.live()).toBe(0);
      await issue(rig, '111111');
      await issue(rig, '111111', bob);
      expect(await store.live()).toBe(2);
      await issue(rig, '222222', bob);
      expect(await store.live()).toBe(2);
      await store.verify(bob, '999999');
      expect(await store.live()).toBe(2);
      await store.verify(bob, '222222');
      await store.verify(bob, '222222');
      expect(await store.live()).toBe(1);
      await store.cancel(alice);
      await store.cancel(alice);
      expect(await store.live()).toBe(0);
      await issue(rig, '111111');
      for (let i = 0; i < 6; i++) await store.verify(alice, '999999');
      expect(await store.live()).toBe(0);
    });

    test('until their end is noticed, by the wheel or by a request', async () => {
      const rig = await make();
      const { store } = rig;
      await issue(rig, '111111');
      await issue(rig, '111111', bob);
      await rig.pass(TTL_MS);
      await store.verify(alice, '111111');
      await issue(rig, '111111', bob);
      await turn(rig, 1);
      expect(await store.live()).toBe(1);
      await issue(rig, '111111');
      expect(await store.live()).toBe(2);
      await turn(rig, 120);
      expect(await store.live()).toBe(0);
    });

    test('and none that a test has ended or forgotten', async () => {
      const rig = await make();
      const { store } = rig;
      for (const user of ['alice', 'bob', 'carol']) await issue(rig, '111111', { user, purpose: 'default' });
      await issue(rig, '111111', { user: 'carol', purpose: 'login' });
      await store.expireNow(alice);
      await store.expireNow(alice);
      expect(await store.live()).toBe(3);
      await store.forget('alice');
      expect(await store.live()).toBe(3);
      await store.forget('carol');
      expect(await store.live()).toBe(1);
      await store.forget();
      expect(await store.live()).toBe(0);
      await turn(rig, 120);
      expect(await store.live()).toBe(0);
    });

    test('also where a lock comes after the time of the code', async () => {
      const rig = await makeWith({
        ...FIVE_ATTEMPTS,
        guesses: { ...FIVE_ATTEMPTS.guesses, everyGuessCounts: true },
      });
      await issue(rig, '111111');
      await rig.pass(TTL_MS);
      for (let i = 0; i < 5; i++) await rig.store.verify(alice, '999999');
      await turn(rig, 120);
      expect(await rig.store.live()).toBe(0);
    });
  });

  test(`${name} answers when it is asked whether it is ready`, async () => {
    expect(await (await make()).store.ready()).toBe(true);
  });

  describe(`${name} lets nobody race it`, () => {
    test(`of 50 simultaneous verifications exactly one wins, ${races.toLocaleString('en')} times over`, async () => {
      const rig = await make();
      let wins = 0;
      for (let race = 0; race < races; race++) {
        await issue(rig, '111111');
        const verdicts = await Promise.all(
          Array.from({ length: 50 }, () => rig.store.verify(alice, '111111')),
        );
        const won = verdicts.filter(({ verdict }) => verdict === 'verified').length;
        if (won !== 1) throw new Error(`${won} of 50 verifications won race ${race}`);
        wins += won;
      }
      expect(wins).toBe(races);
    }, 600_000);

    test('a verification of the old code never takes the new one with it', async () => {
      const rig = await make();
      for (let race = 0; race < 5_000; race++) {
        await issue(rig, '111111');
        const [one, issued, other] = await Promise.all([
          rig.store.verify(alice, '111111'),
          request(rig, '222222'),
          rig.store.verify(alice, '111111'),
        ]);
        const won = [one, other].filter(({ verdict }) => verdict === 'verified').length;
        expect(won).toBe(issued.earlier === undefined ? 1 : 0);
        expect((await rig.store.verify(alice, '222222')).verdict).toBe('verified');
      }
    }, 300_000);
  });
}
