import { describe, expect, test } from 'bun:test';
import { GRACE_MS } from '../../src/rules/code-life.ts';
import type { Otp, Store } from '../../src/store/store.ts';

/** A store under test, and its time, which `pass` moves. */
export interface Rig {
  readonly store: Store;
  pass(ms: number): void;
}

const alice = { user: 'alice', purpose: 'default' };
const TTL_MS = 5_000;

/** What every store promises. `make` gives a new, empty one. */
export function storeContract(name: string, make: () => Rig): void {
  const issue = async ({ store }: Rig, code: string, whose = alice, ttlMs = TTL_MS) =>
    (await store.request({ ...whose, code, ttlMs })).otp;

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
      rig.pass(1_000);
      expired.push(...(await expire(rig)));
    }
    return expired;
  };

  describe(`${name} keeps a code`, () => {
    test('and tells its id, whose it is and when it runs out', async () => {
      const rig = make();
      const first = await issue(rig, '111111');
      rig.pass(250);
      const second = await issue(rig, '111111', { user: 'bob', purpose: 'login' });
      expect(first).toMatchObject(alice);
      expect(second).toMatchObject({ user: 'bob', purpose: 'login' });
      expect(second.expiresAt - first.expiresAt).toBe(250);
      expect(second.id).not.toBe(first.id);
    });

    test('that a right guess spends, once', async () => {
      const rig = make();
      const otp = await issue(rig, '012345');
      expect(await rig.store.verify(alice, '012345')).toEqual({ verdict: 'verified', otp });
      expect(await rig.store.verify(alice, '012345')).toEqual({ verdict: 'none' });
    });

    test('that a wrong guess leaves as it is', async () => {
      const rig = make();
      const otp = await issue(rig, '012345');
      for (const guess of ['012346', '12345', '0123450', '0000']) {
        expect(await rig.store.verify(alice, guess)).toEqual({ verdict: 'wrong', otp });
      }
      expect((await rig.store.verify(alice, '012345')).verdict).toBe('verified');
    });

    test('for one user and one purpose only', async () => {
      const rig = make();
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

    test.each(['__proto__', 'constructor', 'toString', '*', 'a:b', '{x}', '😀', ' alice', 'é', 'e\u0301'])(
      'for a user named %j as for any other',
      async (user) => {
        const rig = make();
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
      const rig = make();
      const first = await issue(rig, '111111');
      const { otp, earlier } = await rig.store.request({ ...alice, code: '222222', ttlMs: TTL_MS });
      expect(earlier).toEqual({ otp: first, fate: 'replaced' });
      expect(await rig.store.verify(alice, '111111')).toEqual({ verdict: 'wrong', otp });
      expect((await rig.store.verify(alice, '222222')).verdict).toBe('verified');
    });

    test('and says that the earlier one expired where its end was not noticed yet', async () => {
      const rig = make();
      const first = await issue(rig, '111111');
      rig.pass(TTL_MS);
      const { earlier } = await rig.store.request({ ...alice, code: '222222', ttlMs: TTL_MS });
      expect(earlier).toEqual({ otp: first, fate: 'expired' });
      expect(await expire(rig)).toEqual([]);
    });

    test('and says nothing of one whose end was noticed, or that was used or cancelled', async () => {
      const rig = make();
      await issue(rig, '111111');
      await turn(rig, 6);
      expect(await rig.store.request({ ...alice, code: '222222', ttlMs: TTL_MS })).not.toHaveProperty(
        'earlier',
      );
      await rig.store.verify(alice, '222222');
      expect(await rig.store.request({ ...alice, code: '333333', ttlMs: TTL_MS })).not.toHaveProperty(
        'earlier',
      );
      await rig.store.cancel(alice);
      expect(await rig.store.request({ ...alice, code: '444444', ttlMs: TTL_MS })).not.toHaveProperty(
        'earlier',
      );
    });
  });

  describe(`${name} cancels a code`, () => {
    test('while it lives, once', async () => {
      const rig = make();
      const otp = await issue(rig, '111111');
      expect(await rig.store.cancel(alice)).toEqual(otp);
      expect(await rig.store.cancel(alice)).toBeUndefined();
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('none');
    });

    test('but not when it has run out: it expires as if nobody had asked', async () => {
      const rig = make();
      const otp = await issue(rig, '111111');
      rig.pass(TTL_MS);
      expect(await rig.store.cancel(alice)).toBeUndefined();
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('expired');
      rig.pass(1_000);
      expect(await expire(rig)).toEqual([otp]);
      expect(await rig.store.cancel(alice)).toBeUndefined();
    });
  });

  describe(`${name} lets a code run out`, () => {
    test('at its deadline, whether or not anybody has noticed', async () => {
      const rig = make();
      await issue(rig, '111111');
      rig.pass(TTL_MS - 1);
      expect((await rig.store.verify(alice, '999999')).verdict).toBe('wrong');
      rig.pass(1);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('expired');
      expect((await rig.store.verify(alice, '999999')).verdict).toBe('expired');
    });

    test('and reports it once, within a second, asked for or not', async () => {
      const rig = make();
      const otp = await issue(rig, '111111');
      expect(await turn(rig, 4)).toEqual([]);
      rig.pass(1_000);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('expired');
      expect(await turn(rig, 1)).toEqual([otp]);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('expired');
      expect(await turn(rig, 120)).toEqual([]);
    });

    test('and knows it as expired for a minute at least, then no more', async () => {
      const rig = make();
      await issue(rig, '111111');
      await turn(rig, TTL_MS / 1_000 + GRACE_MS / 1_000 - 1);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('expired');
      await turn(rig, 3);
      expect(await rig.store.verify(alice, '111111')).toEqual({ verdict: 'none' });
    });

    test('and counts that minute from when its end was noticed, as after a leap of the clock', async () => {
      const rig = make();
      const otp = await issue(rig, '111111');
      rig.pass(86_400_000);
      expect(await expire(rig)).toEqual([otp]);
      rig.pass(GRACE_MS - 1);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('expired');
      rig.pass(1);
      expect((await rig.store.verify(alice, '111111')).verdict).toBe('none');
    });

    test('but does not report one that was verified, replaced or cancelled before', async () => {
      const rig = make();
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
      const rig = make();
      for (const [seconds, user] of [3, 1, 2].flatMap(
        (s) =>
          [
            [s, `a${s}`],
            [s, `b${s}`],
          ] as const,
      )) {
        await issue(rig, '111111', { user, purpose: 'default' }, seconds * 1_000);
      }
      rig.pass(10_000);
      expect((await rig.store.expire(1)).expired).toHaveLength(1);
      const users = (await expire(rig, 2)).map(({ user }) => user.slice(1));
      expect(users).toEqual(['1', '2', '2', '3', '3']);
    });
  });

  test(`${name} answers when it is asked whether it is ready`, async () => {
    expect(await make().store.ready()).toBe(true);
  });

  describe(`${name} lets nobody race it`, () => {
    test('of 50 simultaneous verifications exactly one wins, 20,000 times over', async () => {
      const rig = make();
      let wins = 0;
      for (let race = 0; race < 20_000; race++) {
        await issue(rig, '111111');
        const verdicts = await Promise.all(
          Array.from({ length: 50 }, () => rig.store.verify(alice, '111111')),
        );
        const won = verdicts.filter(({ verdict }) => verdict === 'verified').length;
        if (won !== 1) throw new Error(`${won} of 50 verifications won race ${race}`);
        wins += won;
      }
      expect(wins).toBe(20_000);
    }, 60_000);

    test('a verification of the old code never takes the new one with it', async () => {
      const rig = make();
      for (let race = 0; race < 5_000; race++) {
        await issue(rig, '111111');
        const [old, issued] = await Promise.all([
          rig.store.verify(alice, '111111'),
          rig.store.request({ ...alice, code: '222222', ttlMs: TTL_MS }),
          rig.store.verify(alice, '111111'),
        ]);
        expect(old.verdict === 'verified').toBe(issued.earlier === undefined);
        expect((await rig.store.verify(alice, '222222')).verdict).toBe('verified');
      }
    });
  });
}
