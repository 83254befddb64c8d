import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Found, Issued, NewCode, Otp, OtpKey, Policy, Refused, Store } from '../../src/core/store.ts';
import { FIVE_ATTEMPTS, UNLIMITED } from '../support/policies.ts';

/** A store under test, and its time, which `pass` moves. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly pass: (ms: number) => void | Promise<void>;
}

const TTL_MS = 5_000;
const GRACE_MS = 60_000;

const keyOf = (user: string, purpose = 'default'): OtpKey => ({ user, purpose });
const alice = keyOf('alice');
const bob = keyOf('bob');

const COOLDOWN: Policy = { ...UNLIMITED, sends: { ...UNLIMITED.sends, cooldownMs: 30_000 } };
/** Also guesses at an expired code and at no code count as attempts. */
const EVERY_GUESS: Policy = {
  ...FIVE_ATTEMPTS,
  guesses: { ...FIVE_ATTEMPTS.guesses, everyGuessCounts: true },
};
/** Five attempts, and two sends in ten minutes, 30 seconds apart. */
const ALL_LIMITS: Policy = { ...FIVE_ATTEMPTS, sends: { cooldownMs: 30_000, limit: 2, windowMs: 600_000 } };

/**
 * The promises of every store.
 *
 * @param makeWith makes a new, empty store that applies a policy. Its time begins on a whole second.
 * @param races how many times 50 verifications race each other; as many floods of 100 wrong guesses, but 1,000 at most
 */
export function storeContract(
  name: string,
  makeWith: (policy: Policy) => StoreUnderTest | Promise<StoreUnderTest>,
  races = 20_000,
): void {
  const floods = Math.min(races, 1_000);
  const open = async (policy = UNLIMITED) => {
    const { store, pass } = await makeWith(policy);

    /** Requests a code; the answer may be a refusal. */
    const ask = (key: OtpKey, code = '111111', ttlMs = TTL_MS): Promise<Issued | Found | Refused> =>
      store.request({ ...key, code, ttlMs });

    /** Requests a code that keeps a live one, or has limits of its own. */
    const askWith = (how: Pick<NewCode, 'whenLive' | 'own' | 'exempt'>, code = '222222', key = alice) =>
      store.request({ ...key, code, ttlMs: TTL_MS, ...how });

    /** Requests a code. @throws Error if the request is refused */
    const request = async (code: string, key = alice, ttlMs = TTL_MS): Promise<Issued> => {
      const answer = await ask(key, code, ttlMs);
      if ('refused' in answer) throw new Error(`the request was refused: ${answer.refused}`);
      if ('resent' in answer) throw new Error('the request made no new code');
      return answer;
    };

    const issue = async (...args: Parameters<typeof request>): Promise<Otp> => (await request(...args)).otp;

    const verdictOn = async (guess: string, key = alice) => (await store.verify(key, guess)).verdict;

    const guessWrong = (key = alice) => store.verify(key, '999999');

    /** Expires everything that is due, as the expiry loop does. */
    const expireDue = async (limit = 100): Promise<Otp[]> => {
      const expired: Otp[] = [];
      for (let more = true; more; ) {
        const batch = await store.expire(limit);
        expired.push(...batch.expired);
        more = batch.more;
      }
      return expired;
    };

    /** Passes time second by second, and expires what is due after each. */
    const tick = async (seconds: number): Promise<Otp[]> => {
      const expired: Otp[] = [];
      for (let i = 0; i < seconds; i++) {
        await pass(1_000);
        expired.push(...(await expireDue()));
      }
      return expired;
    };

    return { store, pass, ask, askWith, request, issue, verdictOn, guessWrong, expireDue, tick };
  };

  describe(name, () => {
    describe('codes', () => {
      test('a new code has an id of its own, its user and purpose, and its deadline', async () => {
        const { issue, pass } = await open();
        const first = await issue('111111');
        await pass(250);
        const second = await issue('111111', keyOf('bob', 'login'));
        expect(first).toMatchObject(alice);
        expect(second).toMatchObject({ user: 'bob', purpose: 'login' });
        expect(second.expiresAt - first.expiresAt).toBe(250);
        expect(second.id).not.toBe(first.id);
      });

      test('a code has the number in its id that its request brought', async () => {
        const { store } = await open();
        const serial = 2 ** 53 - 1;
        const wanted = { ...alice, code: '111111', ttlMs: TTL_MS };
        const answer = await store.request({ ...wanted, serial });
        const id = 'otp' in answer ? answer.otp.id : '';
        expect(id).toEndWith(`-c${serial}`);
        expect(await store.verify(alice, '111111')).toMatchObject({ otp: { id } });
      });

      test('a right guess verifies and spends the code', async () => {
        const { store, issue } = await open();
        const otp = await issue('012345');
        expect(await store.verify(alice, '012345')).toEqual({ verdict: 'verified', otp });
        expect(await store.verify(alice, '012345')).toEqual({ verdict: 'none' });
      });

      test('a wrong guess leaves the code valid', async () => {
        const { store, issue, verdictOn } = await open();
        const otp = await issue('012345');
        for (const guess of ['012346', '12345', '0123450', '9012345', '0000'])
          expect(await store.verify(alice, guess)).toEqual({ verdict: 'wrong', otp });
        expect(await verdictOn('012345')).toBe('verified');
      });

      test('a code is valid for exactly one user and one purpose', async () => {
        const { issue, verdictOn } = await open();
        await issue('111111', keyOf('alice', 'login'));
        await issue('222222', keyOf('alice', 'reset'));
        await issue('333333', keyOf('Alice', 'login'));
        expect(await verdictOn('111111')).toBe('none');
        expect(await verdictOn('111111', keyOf('alice', 'reset'))).toBe('wrong');
        expect(await verdictOn('111111', keyOf('alice', 'login'))).toBe('verified');
        expect(await verdictOn('222222', keyOf('alice', 'reset'))).toBe('verified');
        expect(await verdictOn('333333', keyOf('Alice', 'login'))).toBe('verified');
      });

      test('two pairs of user and purpose never share a code, whatever characters they contain', async () => {
        const { issue, verdictOn } = await open();
        const keys = [
          keyOf('a', 'bc'),
          keyOf('ab', 'c'),
          keyOf('a:b', 'c'),
          keyOf('a', 'b:c'),
          keyOf('a', 'default'),
          keyOf('adefault', 'default'),
        ];
        for (const [i, key] of keys.entries()) await issue(`10000${i}`, key);
        for (const [i, key] of keys.entries()) expect(await verdictOn(`10000${i}`, key)).toBe('verified');
      });

      test.each(['__proto__', 'constructor', 'toString', '*', 'a:b', '{x}', '😀', ' alice', 'é', 'e\u0301'])(
        'a user named %j has a code like any other user',
        async (user) => {
          const { issue, verdictOn } = await open();
          await issue('111111', keyOf(user));
          expect(await verdictOn('111111', keyOf(`${user}x`))).toBe('none');
          expect(await verdictOn('111111', keyOf(user))).toBe('verified');
        },
      );
    });

    describe('replacement', () => {
      test('a new code replaces the earlier one, which is a wrong code from then on', async () => {
        const { store, issue, request, verdictOn } = await open();
        const first = await issue('111111');
        const { otp, earlier } = await request('222222');
        expect(earlier).toEqual({ otp: first, fate: 'replaced' });
        expect(await store.verify(alice, '111111')).toEqual({ verdict: 'wrong', otp });
        expect(await verdictOn('222222')).toBe('verified');
      });

      test('a new code reports that the earlier one expired if `expire` has not yet reported it', async () => {
        const { issue, request, pass, expireDue } = await open();
        const first = await issue('111111');
        await pass(TTL_MS);
        const { earlier } = await request('222222');
        expect(earlier).toEqual({ otp: first, fate: 'expired' });
        expect(await expireDue()).toEqual([]);
      });

      test('a new code reports no earlier one whose expiry was reported, or that was verified or cancelled', async () => {
        const { store, issue, request, verdictOn, tick } = await open();
        await issue('111111');
        await tick(6);
        expect(await request('222222')).not.toHaveProperty('earlier');
        await verdictOn('222222');
        expect(await request('333333')).not.toHaveProperty('earlier');
        await store.cancel(alice);
        expect(await request('444444')).not.toHaveProperty('earlier');
      });
    });

    describe('sending again', () => {
      test('a live code is sent again under its id, with its digits and its deadline', async () => {
        const { issue, pass, askWith, verdictOn } = await open();
        const otp = await issue('012345');
        await pass(2_000);
        const again = { otp, code: '012345', resent: true, leftMs: TTL_MS - 2_000, own: undefined };
        expect(await askWith({ whenLive: 'resend' })).toEqual(again);
        expect(await verdictOn('222222')).toBe('wrong');
        expect(await verdictOn('012345')).toBe('verified');
      });

      test('without a live code a new one is made', async () => {
        const { store, issue, tick, askWith } = await open();
        const first = await askWith({ whenLive: 'resend' }, '111111');
        expect(first).toHaveProperty('otp.user', 'alice');
        expect(first).not.toHaveProperty('resent');
        await store.verify(alice, '111111');
        expect(await askWith({ whenLive: 'resend' }, '222222')).not.toHaveProperty('resent');
        await tick(6);
        expect(await askWith({ whenLive: 'resend' }, '333333')).not.toHaveProperty('resent');
        await store.cancel(alice);
        expect(await askWith({ whenLive: 'keep' }, '444444')).not.toHaveProperty('resent');
        await issue('555555', bob);
        expect(await askWith({ whenLive: 'keep' })).toHaveProperty('code', '444444');
      });

      test('a code that is only to be found is left as it is, and counts for no limit', async () => {
        const { store, pass, issue, askWith, ask } = await open(ALL_LIMITS);
        const otp = await issue('111111');
        await pass(1_000);
        const found = { otp, code: '111111', resent: false, leftMs: TTL_MS - 1_000, own: undefined };
        expect(await askWith({ whenLive: 'keep' })).toEqual(found);
        await pass(29_000);
        expect(await ask(alice)).toHaveProperty('otp');
        expect(await store.verify(alice, '111111')).toHaveProperty('verdict', 'verified');
      });

      test("the user's cooldown, send limit and lock hold for it, and it counts for them", async () => {
        const { pass, askWith, guessWrong } = await open(ALL_LIMITS);
        await askWith({}, '111111');
        expect(await askWith({ whenLive: 'resend' })).toEqual({ refused: 'resend_cooldown', waitMs: 30_000 });
        await pass(30_000);
        expect(await askWith({ whenLive: 'resend' }, '222222')).toHaveProperty('otp');
        await pass(30_000);
        expect(await askWith({ whenLive: 'resend' })).toHaveProperty('refused', 'send_limit');
        for (let i = 0; i < 5; i++) await guessWrong(bob);
        expect(await askWith({}, '111111', bob)).toHaveProperty('otp');
        for (let i = 0; i < 5; i++) await guessWrong(bob);
        expect(await askWith({ whenLive: 'resend' }, '111111', bob)).toHaveProperty('refused', 'locked');
      });

      test('of any number of simultaneous requests one makes the code and the others send it again', async () => {
        const { askWith } = await open();
        const answers = await Promise.all(
          Array.from({ length: 50 }, (_, i) => askWith({ whenLive: 'resend' }, `${100_000 + i}`)),
        );
        const again = answers.filter((answer) => 'resent' in answer);
        expect(again).toHaveLength(49);
        expect(new Set(again.map((answer) => 'code' in answer && answer.code)).size).toBe(1);
        expect(new Set(answers.map((answer) => 'otp' in answer && answer.otp.id)).size).toBe(1);
      });
    });

    describe("a code's own limits", () => {
      const OWN = { checks: 2, resends: 1 };

      test('count its wrong guesses, then refuse every guess until its deadline and no longer', async () => {
        const { store, pass, askWith, tick } = await open(FIVE_ATTEMPTS);
        const issued = await askWith({ own: OWN }, '111111');
        const otp = 'otp' in issued ? issued.otp : undefined;
        expect(await store.verify(alice, '999999')).toMatchObject({ verdict: 'wrong', otp, checksLeft: 1 });
        expect(await store.verify(alice, '999999')).toMatchObject({ verdict: 'wrong', otp, checksLeft: 0 });
        await pass(1_000);
        const locked = { verdict: 'locked', waitMs: TTL_MS - 1_000, otp };
        expect(await store.verify(alice, '111111')).toMatchObject(locked);
        expect(await askWith({ own: OWN, whenLive: 'resend' })).toEqual({
          refused: 'locked',
          waitMs: TTL_MS - 1_000,
        });
        expect(await tick(5)).toHaveLength(1);
        expect(await store.verify(alice, '111111')).toHaveProperty('verdict', 'expired');
        await askWith({ own: OWN, whenLive: 'resend' }, '222222');
        expect(await store.verify(alice, '222222')).toHaveProperty('verdict', 'verified');
      });

      test('begin anew with a new code, also in place of a locked one', async () => {
        const { store, askWith, guessWrong } = await open(FIVE_ATTEMPTS);
        await askWith({ own: OWN }, '111111');
        for (let i = 0; i < 3; i++) await guessWrong();
        await askWith({ own: OWN }, '222222');
        expect(await store.verify(alice, '999999')).toMatchObject({ verdict: 'wrong', checksLeft: 1 });
        expect(await store.verify(alice, '222222')).toHaveProperty('verdict', 'verified');
      });

      test('count the times it is sent again', async () => {
        const { askWith } = await open(ALL_LIMITS);
        await askWith({ own: OWN }, '111111');
        const again = { code: '111111', resent: true, own: { checks: 2, resends: 0 } };
        expect(await askWith({ own: OWN, whenLive: 'resend' })).toMatchObject(again);
        expect(await askWith({ own: OWN, whenLive: 'resend' })).toEqual({
          refused: 'send_limit',
          waitMs: TTL_MS,
        });
      });

      test("hold in place of the user's, which neither limit it nor count it", async () => {
        const { store, askWith, guessWrong, issue } = await open(FIVE_ATTEMPTS);
        await issue('111111');
        for (let i = 0; i < 4; i++) await guessWrong();
        await askWith({ own: OWN }, '222222');
        await guessWrong();
        await issue('333333');
        expect(await guessWrong()).toMatchObject({ verdict: 'wrong', attemptsLeft: 0 });
        await askWith({ own: OWN }, '444444');
        expect(await store.verify(alice, '444444')).toHaveProperty('verdict', 'verified');
      });

      test('of 50 simultaneous right guesses exactly one is verified, 1,000 times over', async () => {
        const { store, askWith } = await open();
        for (let race = 0; race < 1_000; race++) {
          await askWith({ own: OWN, whenLive: 'resend' }, '111111');
          const guesses = Array.from({ length: 50 }, () => store.verify(alice, '111111'));
          const verified = (await Promise.all(guesses)).filter(({ verdict }) => verdict === 'verified');
          expect(verified).toHaveLength(1);
        }
      });

      test('of any number of simultaneous guesses only so many are judged', async () => {
        const { store, askWith } = await open();
        await askWith({ own: OWN }, '111111');
        const guesses = Array.from({ length: 50 }, () => store.verify(alice, '999999'));
        const wrong = (await Promise.all(guesses)).filter(({ verdict }) => verdict === 'wrong');
        expect(wrong).toHaveLength(2);
      });
    });

    describe('cancellation', () => {
      test('a live code can be cancelled once', async () => {
        const { store, issue, verdictOn } = await open();
        const otp = await issue('111111');
        expect(await store.cancel(alice)).toEqual(otp);
        expect(await store.cancel(alice)).toBeUndefined();
        expect(await verdictOn('111111')).toBe('none');
      });

      test('an expired code cannot be cancelled, and its expiry is still reported', async () => {
        const { store, issue, pass, verdictOn, expireDue } = await open();
        const otp = await issue('111111');
        await pass(TTL_MS);
        expect(await store.cancel(alice)).toBeUndefined();
        expect(await verdictOn('111111')).toBe('expired');
        await pass(1_000);
        expect(await expireDue()).toEqual([otp]);
        expect(await store.cancel(alice)).toBeUndefined();
      });
    });

    describe('expiry', () => {
      test('a code is valid until its deadline, whether or not its expiry was reported', async () => {
        const { issue, pass, verdictOn } = await open();
        await issue('111111');
        await pass(TTL_MS - 1);
        expect(await verdictOn('999999')).toBe('wrong');
        await pass(1);
        expect(await verdictOn('111111')).toBe('expired');
        expect(await verdictOn('999999')).toBe('expired');
      });

      test('an expired code is reported once, even if it was guessed at before and after', async () => {
        const { issue, pass, verdictOn, tick } = await open();
        const otp = await issue('111111');
        expect(await tick(4)).toEqual([]);
        await pass(1_000);
        expect(await verdictOn('111111')).toBe('expired');
        expect(await tick(1)).toEqual([otp]);
        expect(await verdictOn('111111')).toBe('expired');
        expect(await tick(120)).toEqual([]);
      });

      test('a code whose deadline is in mid-second is reported once, to the millisecond', async () => {
        const { issue, pass, expireDue, tick } = await open();
        await pass(250);
        const otp = await issue('111111');
        await pass(TTL_MS - 1);
        expect(await expireDue()).toEqual([]);
        await pass(1);
        expect(await expireDue()).toEqual([otp]);
        expect(await expireDue()).toEqual([]);
        await pass(749);
        expect(await expireDue()).toEqual([]);
        await pass(1);
        expect(await expireDue()).toEqual([]);
        expect(await tick(120)).toEqual([]);
      });

      test('a code whose deadline is in the current second is reported once, to the millisecond', async () => {
        const { issue, pass, expireDue, tick } = await open();
        await pass(100);
        const first = await issue('111111', alice, 300);
        await issue('111111', bob, 300);
        await pass(299);
        expect(await expireDue()).toEqual([]);
        const second = await issue('222222', bob, 400);
        await pass(1);
        expect(await expireDue()).toEqual([first]);
        const third = await issue('333333', alice, 100);
        await pass(100);
        expect(await expireDue()).toEqual([third]);
        await pass(298);
        expect(await expireDue()).toEqual([]);
        await pass(1);
        expect(await expireDue()).toEqual([second]);
        expect(await tick(120)).toEqual([]);
      });

      test('codes with many deadlines in one second are each reported once, to the millisecond', async () => {
        const { issue, pass, expireDue, tick } = await open();
        // 7 has no factor in common with 20, so the deadlines come in a mixed order: 7,047, 7,397, 7,747, 7,097 ms, …
        const deadlines = Array.from({ length: 20 }, (_, i) => 7_047 + ((i * 7) % 20) * 50);
        for (const deadline of deadlines) await issue('111111', keyOf(`user-${deadline}`), deadline);
        await pass(7_046);
        for (const deadline of deadlines.sort((a, b) => a - b)) {
          expect(await expireDue(3)).toEqual([]);
          await pass(1);
          expect((await expireDue(3)).map(({ user }) => user)).toEqual([`user-${deadline}`]);
          await pass(49);
        }
        expect(await tick(120)).toEqual([]);
      });

      test('a code is known as expired for at least a minute, then forgotten', async () => {
        const { store, issue, verdictOn, tick } = await open();
        await issue('111111');
        await tick(TTL_MS / 1_000 + GRACE_MS / 1_000 - 1);
        expect(await verdictOn('111111')).toBe('expired');
        await tick(3);
        expect(await store.verify(alice, '111111')).toEqual({ verdict: 'none' });
      });

      test('that minute begins when the expiry is reported, however late, as after a jump of the clock', async () => {
        const { issue, pass, verdictOn, expireDue } = await open();
        const otp = await issue('111111');
        await pass(86_400_000);
        expect(await expireDue()).toEqual([otp]);
        await pass(GRACE_MS - 1);
        expect(await verdictOn('111111')).toBe('expired');
        await pass(1);
        expect(await verdictOn('111111')).toBe('none');
      });

      test('a code that was verified, replaced or cancelled is not reported as expired', async () => {
        const { store, issue, verdictOn, tick } = await open();
        for (const user of ['verified', 'replaced', 'cancelled']) await issue('111111', keyOf(user));
        expect(await verdictOn('111111', keyOf('verified'))).toBe('verified');
        await store.cancel(keyOf('cancelled'));
        const last = await issue('222222', keyOf('replaced'), 20_000);
        expect(await tick(10)).toEqual([]);
        expect(await tick(11)).toEqual([last]);
      });

      test('a batch is no larger than its limit, and codes of an earlier second come first', async () => {
        const { store, issue, pass, expireDue } = await open();
        for (const seconds of [3, 1, 2]) {
          await issue('111111', keyOf(`a${seconds}`), seconds * 1_000);
          await issue('111111', keyOf(`b${seconds}`), seconds * 1_000);
        }
        await pass(10_000);
        expect((await store.expire(1)).expired).toHaveLength(1);
        const users = (await expireDue(2)).map(({ user }) => user.slice(1));
        expect(users).toEqual(['1', '2', '2', '3', '3']);
      });

      test('small batches report every expired code once, with other calls and time in between', async () => {
        const call = (name: 'verify' | 'cancel') =>
          fc.record({
            call: fc.constant(name),
            user: fc.nat(11),
            guess: fc.constantFrom('111111', '999999'),
          });
        const step = fc.oneof(
          {
            weight: 5,
            arbitrary: fc.record({
              call: fc.constant('request' as const),
              user: fc.nat(11),
              ttlMs: fc.oneof(fc.integer({ min: 1, max: 999 }), fc.constantFrom(1_000, 2_500)),
            }),
          },
          { weight: 1, arbitrary: call('verify') },
          { weight: 1, arbitrary: call('cancel') },
          { weight: 2, arbitrary: fc.record({ passMs: fc.integer({ min: 1, max: 900 }) }) },
          { weight: 3, arbitrary: fc.record({ limit: fc.integer({ min: 1, max: 3 }) }) },
          { weight: 1, arbitrary: fc.constant('expire all' as const) },
        );
        await fc.assert(
          fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 120, size: 'max' }), async (steps) => {
            const { store, pass, request, expireDue } = await open();
            const outstanding = new Map<string, number>();
            let passed = 0;
            /** Notes the end of a code. @throws Error if it had ended before, or is reported as expired too early */
            const end = ({ id }: Otp, expired = false) => {
              const dueAt = outstanding.get(id);
              if (dueAt === undefined) throw new Error('a code ended twice');
              if (expired && dueAt > passed) throw new Error('a code expired early');
              outstanding.delete(id);
            };
            /** Expires everything that is due. @throws Error if a code is left whose deadline has passed */
            const endAllDue = async () => {
              // Calls before this one may have left their work half done: what became due since then comes afterwards.
              for (const otp of [...(await expireDue(2)), ...(await expireDue(2))]) end(otp, true);
              if ([...outstanding.values()].some((dueAt) => dueAt <= passed))
                throw new Error('an expired code was not reported');
            };
            for (const step of steps) {
              if (step === 'expire all') await endAllDue();
              else if ('passMs' in step) {
                passed += step.passMs;
                await pass(step.passMs);
              } else if ('limit' in step) {
                const { expired } = await store.expire(step.limit);
                expect(expired.length).toBeLessThanOrEqual(step.limit);
                for (const otp of expired) end(otp, true);
              } else if (step.call === 'request') {
                const { otp, earlier } = await request('111111', keyOf(`user-${step.user}`), step.ttlMs);
                if (earlier !== undefined) end(earlier.otp, earlier.fate === 'expired');
                outstanding.set(otp.id, passed + step.ttlMs);
              } else if (step.call === 'verify') {
                const judged = await store.verify(keyOf(`user-${step.user}`), step.guess);
                if (judged.verdict === 'verified') end(judged.otp);
              } else {
                const cancelled = await store.cancel(keyOf(`user-${step.user}`));
                if (cancelled !== undefined) end(cancelled);
              }
            }
            passed += 3_000;
            await pass(3_000);
            await endAllDue();
            expect(outstanding.size).toBe(0);
            await pass(GRACE_MS);
            expect(await expireDue(2)).toEqual([]);
          }),
          { numRuns: 200 },
        );
      }, 120_000);
    });

    describe('attempts', () => {
      test('each wrong code counts down, and the last one locks and burns the code', async () => {
        const { store, issue, ask, guessWrong, tick } = await open(FIVE_ATTEMPTS);
        const otp = await issue('111111');
        for (const attemptsLeft of [4, 3, 2, 1, 0])
          expect(await guessWrong()).toEqual({ verdict: 'wrong', otp, attemptsLeft });
        expect(await store.verify(alice, '111111')).toEqual({ verdict: 'locked', waitMs: 300_000 });
        expect(await ask(alice, '222222')).toEqual({ refused: 'locked', waitMs: 300_000 });
        expect(await store.cancel(alice)).toBeUndefined();
        expect(await tick(10)).toEqual([]);
      });

      test('a new code gives no new attempts', async () => {
        const { issue, ask, guessWrong } = await open(FIVE_ATTEMPTS);
        for (const attemptsLeft of [4, 3, 2, 1, 0]) {
          await issue('111111');
          expect(await guessWrong()).toMatchObject({ attemptsLeft });
        }
        expect(await ask(alice, '222222')).toMatchObject({ refused: 'locked' });
      });

      test('a lock holds for one user and one purpose, and for no other', async () => {
        const { issue, guessWrong, verdictOn } = await open(FIVE_ATTEMPTS);
        await issue('111111');
        await issue('111111', keyOf('alice', 'login'));
        for (let i = 0; i < 5; i++) await guessWrong();
        expect(await verdictOn('111111', keyOf('alice', 'login'))).toBe('verified');
      });

      test('a lock opens on time with all attempts back, and the next lock is twice as long', async () => {
        const { store, issue, pass, guessWrong } = await open(FIVE_ATTEMPTS);
        await issue('111111');
        for (let i = 0; i < 5; i++) await guessWrong();
        await pass(299_999);
        expect(await store.verify(alice, '111111')).toEqual({ verdict: 'locked', waitMs: 1 });
        await pass(1);
        expect(await store.verify(alice, '111111')).toEqual({ verdict: 'none' });
        await issue('222222');
        for (const attemptsLeft of [4, 3, 2, 1, 0])
          expect(await guessWrong()).toMatchObject({ attemptsLeft });
        expect(await store.verify(alice, '222222')).toEqual({ verdict: 'locked', waitMs: 600_000 });
      });

      test('a success resets the count of wrong codes', async () => {
        const { issue, guessWrong, verdictOn } = await open(FIVE_ATTEMPTS);
        await issue('111111');
        for (let i = 0; i < 4; i++) await guessWrong();
        expect(await verdictOn('111111')).toBe('verified');
        await issue('111111');
        expect(await guessWrong()).toMatchObject({ attemptsLeft: 4 });
      });

      test('the count of wrong codes is forgotten an hour after the last one', async () => {
        const { issue, pass, guessWrong, expireDue } = await open(FIVE_ATTEMPTS);
        await issue('111111');
        await guessWrong();
        await pass(3_600_000);
        await expireDue();
        await issue('111111');
        expect(await guessWrong()).toMatchObject({ attemptsLeft: 4 });
      });

      test('a guess at an expired code or at no code does not count', async () => {
        const { issue, pass, guessWrong } = await open(FIVE_ATTEMPTS);
        expect(await guessWrong()).toEqual({ verdict: 'none' });
        const otp = await issue('111111');
        await pass(TTL_MS);
        expect(await guessWrong()).toEqual({ verdict: 'expired', otp });
      });

      test('a guess at no code counts if every guess counts', async () => {
        const { guessWrong } = await open(EVERY_GUESS);
        for (const attemptsLeft of [4, 3, 2, 1, 0])
          expect(await guessWrong()).toEqual({ verdict: 'none', attemptsLeft });
        expect(await guessWrong()).toEqual({ verdict: 'locked', waitMs: 300_000 });
      });

      test('a lock after the deadline of a code leaves its expiry to be reported', async () => {
        const { issue, pass, guessWrong, tick } = await open(EVERY_GUESS);
        const otp = await issue('111111');
        await pass(TTL_MS);
        for (let i = 0; i < 5; i++) expect((await guessWrong()).verdict).toBe('expired');
        expect((await guessWrong()).verdict).toBe('locked');
        expect(await tick(1)).toEqual([otp]);
      });

      test(`of 100 simultaneous wrong guesses exactly five are judged, ${floods.toLocaleString('en')} times over`, async () => {
        const { issue, guessWrong, verdictOn } = await open(FIVE_ATTEMPTS);
        for (let trial = 0; trial < floods; trial++) {
          const key = keyOf(`user-${trial}`);
          await issue('111111', key);
          const verdicts = await Promise.all(Array.from({ length: 100 }, () => guessWrong(key)));
          const judged = verdicts.filter(({ verdict }) => verdict === 'wrong').length;
          if (judged !== 5) throw new Error(`${judged} of 100 guesses were judged in trial ${trial}`);
          expect(await verdictOn('111111', key)).toBe('locked');
        }
      }, 300_000);
    });

    describe('send limits', () => {
      test('the cooldown holds for all purposes of a user, and for no other user', async () => {
        const { issue, pass, ask } = await open(COOLDOWN);
        await issue('111111');
        await pass(1_000);
        expect(await ask(keyOf('alice', 'login'))).toEqual({ refused: 'resend_cooldown', waitMs: 29_000 });
        expect(await ask(bob)).toHaveProperty('otp');
        await pass(29_000);
        expect(await ask(keyOf('alice', 'login'))).toHaveProperty('otp');
      });

      test('the send limit holds until the oldest send has left the window', async () => {
        const { pass, ask } = await open({ ...UNLIMITED, sends: { ...UNLIMITED.sends, limit: 3 } });
        for (let i = 0; i < 3; i++) {
          expect(await ask(alice)).toHaveProperty('otp');
          await pass(60_000);
        }
        expect(await ask(alice)).toEqual({ refused: 'send_limit', waitMs: 420_000 });
        await pass(420_000);
        expect(await ask(alice)).toHaveProperty('otp');
        expect(await ask(alice)).toMatchObject({ refused: 'send_limit' });
      });

      test('a success does not end the cooldown', async () => {
        const { issue, ask, verdictOn } = await open({
          ...UNLIMITED,
          sends: { ...UNLIMITED.sends, cooldownMs: 30_000, limit: 3 },
        });
        await issue('111111');
        expect(await verdictOn('111111')).toBe('verified');
        expect(await ask(alice)).toMatchObject({ refused: 'resend_cooldown' });
      });

      test('a refused request leaves the earlier code valid and does not prolong the cooldown', async () => {
        const { issue, pass, ask, verdictOn } = await open(COOLDOWN);
        await issue('222222', alice, 60_000);
        for (let i = 0; i < 10; i++) {
          await pass(1_000);
          expect(await ask(alice)).toEqual({ refused: 'resend_cooldown', waitMs: 29_000 - i * 1_000 });
        }
        expect(await verdictOn('222222')).toBe('verified');
      });

      describe('by address', () => {
        const openTo = async (policy: Policy) => {
          const it = await open(policy);
          const send = (user: string, address: string, how: Partial<NewCode> = {}) =>
            it.store.request({ ...keyOf(user), code: '111111', ttlMs: TTL_MS, address, ...how });
          return { ...it, send };
        };

        test('many users with one address can send no more there than one user', async () => {
          const { send, pass } = await openTo(ALL_LIMITS);
          const users = Array.from({ length: 20 }, (_, i) => `user-${i}`);
          const answers = await Promise.all(users.map((user) => send(user, 'one@example.com')));
          const refusals = answers.flatMap((answer) => ('refused' in answer ? [answer] : []));
          expect(refusals).toEqual(new Array(19).fill({ refused: 'resend_cooldown', waitMs: 30_000 }));
          await pass(30_000);
          expect(await send('user-20', 'one@example.com')).toHaveProperty('otp');
          await pass(30_000);
          expect(await send('user-21', 'one@example.com')).toEqual({
            refused: 'send_limit',
            waitMs: 540_000,
          });
          expect(await send('user-21', 'other@example.com')).toHaveProperty('otp');
        });

        test("a user's sends to other addresses count for the user", async () => {
          const { send } = await openTo(ALL_LIMITS);
          expect(await send('alice', 'one@example.com')).toHaveProperty('otp');
          expect(await send('alice', 'other@example.com')).toMatchObject({ refused: 'resend_cooldown' });
        });

        test('a refusal for the user comes first, and counts no send to the address', async () => {
          const { send, issue, guessWrong, pass } = await openTo(ALL_LIMITS);
          await issue('111111');
          await pass(1_000);
          const throttled = { refused: 'resend_cooldown', waitMs: 29_000 } as const;
          expect(await send('alice', 'one@example.com')).toEqual(throttled);
          await issue('111111', bob);
          for (let i = 0; i < 5; i++) await guessWrong(bob);
          expect(await send('bob', 'one@example.com')).toMatchObject({ refused: 'locked' });
          expect(await send('carol', 'one@example.com')).toHaveProperty('otp');
          expect(await send('bob', 'one@example.com')).toMatchObject({ refused: 'locked' });
        });

        test('a refusal for the address changes nothing for the user', async () => {
          const { send, store } = await openTo(COOLDOWN);
          await send('bob', 'one@example.com');
          expect(await send('alice', 'one@example.com')).toMatchObject({ refused: 'resend_cooldown' });
          expect(await store.verify(alice, '111111')).toEqual({ verdict: 'none' });
          expect(await send('alice', 'other@example.com')).toHaveProperty('otp');
        });

        test('a user whose name is an address and those who send there are limited together', async () => {
          const { send, issue } = await openTo(COOLDOWN);
          await issue('111111', keyOf('one@example.com'));
          expect(await send('alice', 'one@example.com')).toMatchObject({ refused: 'resend_cooldown' });
          await send('alice', 'other@example.com');
          expect(await send('other@example.com', 'other@example.com')).toMatchObject({
            refused: 'resend_cooldown',
          });
        });

        test('a code that is only found counts no send, and one that is sent again does', async () => {
          const { send, pass } = await openTo(COOLDOWN);
          await send('alice', 'one@example.com', { ttlMs: 60_000 });
          await pass(30_000);
          expect(await send('alice', 'one@example.com', { whenLive: 'keep' })).toHaveProperty(
            'resent',
            false,
          );
          expect(await send('alice', 'one@example.com', { whenLive: 'resend' })).toHaveProperty('otp');
          expect(await send('bob', 'one@example.com')).toMatchObject({ refused: 'resend_cooldown' });
        });

        test('limits on an address hold neither for exempt users nor for a code with limits of its own', async () => {
          const { send } = await openTo(COOLDOWN);
          for (const how of [{ exempt: true }, { own: { checks: 3, resends: 3 } }])
            for (const user of ['alice', 'bob'])
              expect(await send(user, 'one@example.com', how)).toHaveProperty('otp');
          expect(await send('carol', 'one@example.com')).toHaveProperty('otp');
        });

        test('forgetting a user whose name is an address forgets the sends there', async () => {
          const { send, store } = await openTo(COOLDOWN);
          await send('alice', 'one@example.com');
          await store.forget('one@example.com');
          expect(await send('bob', 'one@example.com')).toHaveProperty('otp');
        });

        test('a full store refuses an address that is new to it', async () => {
          const { send } = await openTo({ ...COOLDOWN, maxRecords: 5 });
          expect(await send('alice', 'one@example.com')).toHaveProperty('otp');
          expect(await send('bob', 'other@example.com')).toMatchObject({ refused: 'capacity' });
          expect(await send('bob', 'bob')).toHaveProperty('otp');
        });
      });
    });

    describe('capacity', () => {
      test('a full store refuses new records and serves those that it has', async () => {
        const { ask, verdictOn } = await open({ ...FIVE_ATTEMPTS, maxRecords: 3 });
        for (const user of ['a', 'b', 'c']) await ask(keyOf(user));
        expect(await ask(keyOf('d'))).toEqual({ refused: 'capacity', waitMs: 1_000 });
        expect(await ask(keyOf('a'))).toHaveProperty('otp');
        expect(await verdictOn('111111', keyOf('a'))).toBe('verified');
        expect(await ask(keyOf('d'))).toHaveProperty('otp');
        expect(await ask(keyOf('a'))).toMatchObject({ refused: 'capacity' });
      });

      test('an expired code takes up room until its grace period is over', async () => {
        const { ask, tick } = await open({ ...UNLIMITED, maxRecords: 1 });
        await ask(keyOf('a'));
        await tick(60);
        expect(await ask(keyOf('b'))).toMatchObject({ refused: 'capacity' });
        await tick(10);
        expect(await ask(keyOf('b'))).toHaveProperty('otp');
      });

      test('sends take up room', async () => {
        const { ask } = await open({ ...COOLDOWN, maxRecords: 3 });
        await ask(keyOf('a'));
        expect(await ask(keyOf('b'))).toMatchObject({ refused: 'capacity' });
      });

      test('a request by a user with nothing but a count of wrong codes needs room for its code', async () => {
        const { ask, guessWrong } = await open({ ...EVERY_GUESS, maxRecords: 1 });
        await guessWrong(bob);
        await ask(alice);
        expect(await ask(bob)).toMatchObject({ refused: 'capacity' });
      });
    });

    describe('counts without a code', () => {
      /** Guesses wrong at several users, a moment apart. */
      const guessInTurn = async (
        { guessWrong, pass }: Pick<Awaited<ReturnType<typeof open>>, 'guessWrong' | 'pass'>,
        users: readonly string[],
      ) => {
        const left: unknown[] = [];
        for (const user of users) {
          const judged = await guessWrong(keyOf(user));
          left.push('attemptsLeft' in judged ? judged.attemptsLeft : judged.verdict);
          await pass(1);
        }
        return left;
      };

      test('take no room from codes, and a store full of codes counts guesses at any user', async () => {
        const it = await open({ ...EVERY_GUESS, maxRecords: 2, maxCounts: 3 });
        await guessInTurn(it, ['x', 'y', 'z']);
        for (const user of ['a', 'b']) expect(await it.ask(keyOf(user))).toHaveProperty('otp');
        expect(await it.ask(keyOf('c'))).toMatchObject({ refused: 'capacity' });
        expect(await guessInTurn(it, Array(6).fill('c'))).toEqual([4, 3, 2, 1, 0, 'locked']);
      });

      test('beyond their room the one that was used longest ago is given up', async () => {
        const it = await open({ ...EVERY_GUESS, maxCounts: 2 });
        await guessInTurn(it, ['a', 'b', 'a', 'c']);
        expect(await guessInTurn(it, ['a', 'c'])).toEqual([2, 3]);
        expect(await guessInTurn(it, ['b', 'c', 'a'])).toEqual([4, 2, 4]);
      });

      test('no lock is given up, nor the count of a user with a code, whatever comes', async () => {
        const it = await open({ ...EVERY_GUESS, maxCounts: 2 });
        await it.ask(keyOf('with a code'), '111111', 60_000);
        await guessInTurn(it, ['with a code', 'with a code', ...Array(5).fill('locked')]);
        await guessInTurn(it, ['a', 'b', 'c', 'd', 'e', 'f']);
        expect(await guessInTurn(it, ['with a code', 'locked'])).toEqual([2, 'locked']);
      });

      test('while locks take up all their room, another guess is judged as any, and not counted', async () => {
        const it = await open({ ...EVERY_GUESS, maxCounts: 2 });
        await guessInTurn(
          it,
          ['a', 'b'].flatMap((user) => Array(5).fill(user)),
        );
        expect(await guessInTurn(it, ['c', 'c', 'a', 'b'])).toEqual([4, 4, 'locked', 'locked']);
      });

      test('after a flood of guesses at other users the next lock still lasts twice as long', async () => {
        const it = await open({ ...EVERY_GUESS, maxCounts: 2 });
        const flood = Array.from({ length: 20 }, (_, i) => `invented-${i}`);
        const waits: unknown[] = [];
        for (let lock = 0; lock < 3; lock++) {
          await guessInTurn(it, Array(5).fill('a'));
          const judged = await it.store.verify(keyOf('a'), '999999');
          const waitMs = 'waitMs' in judged ? judged.waitMs : 0;
          waits.push(waitMs);
          await it.pass(waitMs);
          await it.tick(1);
          await guessInTurn(it, flood);
        }
        // Each guess takes a millisecond.
        expect(waits).toEqual([299_999, 599_999, 1_199_999]);
      });

      test('a count that has locked is forgotten an hour after its lock opened, and its room is free again', async () => {
        const it = await open({ ...EVERY_GUESS, maxCounts: 1 });
        await guessInTurn(it, Array(5).fill('a'));
        await it.pass(300_000 + 2 * 3_600_000);
        await it.tick(1);
        expect(await guessInTurn(it, ['b', 'b'])).toEqual([4, 3]);
        await guessInTurn(it, Array(5).fill('a'));
        expect(await it.store.verify(keyOf('a'), '999999')).toMatchObject({ waitMs: 299_999 });
      });

      test('a count becomes one of them when its code ends', async () => {
        const it = await open({ ...EVERY_GUESS, maxCounts: 1 });
        for (const user of ['a', 'b', 'c']) await it.ask(keyOf(user));
        await guessInTurn(it, ['a', 'b', 'c']);
        await it.store.cancel(keyOf('a'));
        await it.pass(1);
        await it.store.cancel(keyOf('b'));
        expect(await guessInTurn(it, ['a', 'c'])).toEqual([4, 3]);
        await it.tick(70);
        expect(await guessInTurn(it, ['c', 'a'])).toEqual([2, 4]);
      });
    });

    describe('exempt users', () => {
      const wanted = { ...alice, code: '111111', ttlMs: TTL_MS };

      test('the cooldown and the send limit neither hold for an exempt request nor count it', async () => {
        const { store } = await open(ALL_LIMITS);
        for (let i = 0; i < 10; i++)
          expect(await store.request({ ...wanted, exempt: true })).toHaveProperty('otp');
        expect(await store.request(wanted)).toHaveProperty('otp');
        expect(await store.request(wanted)).toMatchObject({ refused: 'resend_cooldown' });
      });

      test('an exempt wrong guess does not count', async () => {
        const { store, issue } = await open(FIVE_ATTEMPTS);
        const otp = await issue('111111');
        for (let i = 0; i < 20; i++)
          expect(await store.verify(alice, '999999', true)).toEqual({ verdict: 'wrong', otp });
        expect(await store.verify(alice, '999999')).toMatchObject({ attemptsLeft: 4 });
        expect((await store.verify(alice, '111111', true)).verdict).toBe('verified');
      });

      test('a lock does not hold for an exempt request or an exempt guess', async () => {
        const { store, issue, guessWrong } = await open(FIVE_ATTEMPTS);
        await issue('111111');
        for (let i = 0; i < 5; i++) await guessWrong();
        expect(await store.request(wanted)).toMatchObject({ refused: 'locked' });
        expect(await store.request({ ...wanted, exempt: true })).toHaveProperty('otp');
        expect((await store.verify(alice, '111111')).verdict).toBe('locked');
        expect((await store.verify(alice, '111111', true)).verdict).toBe('verified');
      });
    });

    describe('expireNow', () => {
      test('a live code can be expired once, and is known as expired for a minute from then on', async () => {
        const { store, issue, pass, verdictOn, tick } = await open();
        const { id, expiresAt } = await issue('111111');
        await pass(1_000);
        const otp = { ...alice, id, expiresAt: expiresAt - TTL_MS + 1_000 };
        expect(await store.expireNow(alice)).toEqual(otp);
        expect(await store.expireNow(alice)).toBeUndefined();
        expect(await store.verify(alice, '111111')).toEqual({ verdict: 'expired', otp });
        expect(await tick(59)).toEqual([]);
        expect(await verdictOn('111111')).toBe('expired');
        expect(await tick(2)).toEqual([]);
        expect(await verdictOn('111111')).toBe('none');
      });

      test('a code whose deadline has passed is left to `expire`, which reports it', async () => {
        const { store, issue, pass, tick } = await open();
        const otp = await issue('111111');
        await pass(TTL_MS);
        expect(await store.expireNow(alice)).toBeUndefined();
        expect(await tick(1)).toEqual([otp]);
      });

      test('a new code does not report an earlier one that was expired on request', async () => {
        const { store, issue, request } = await open();
        await issue('111111');
        await store.expireNow(alice);
        expect(await request('222222')).not.toHaveProperty('earlier');
      });
    });

    describe('forget', () => {
      test('forgetting all users drops codes, counts, locks and sends, and reports no code', async () => {
        const { store, issue, request, guessWrong, tick } = await open(ALL_LIMITS);
        await issue('111111');
        for (let i = 0; i < 5; i++) await guessWrong();
        await issue('111111', bob);
        await store.forget();
        expect(await tick(10)).toEqual([]);
        expect(await store.verify(bob, '111111')).toEqual({ verdict: 'none' });
        expect(await request('222222')).not.toHaveProperty('earlier');
        expect(await guessWrong()).toMatchObject({ attemptsLeft: 4 });
      });

      test('forgetting a user drops all its purposes, and nothing of users with similar names', async () => {
        const { store, issue, request, pass, ask, guessWrong, verdictOn } = await open(ALL_LIMITS);
        const login = keyOf('alice', 'login');
        const others = [bob, keyOf('alice2', 'login'), keyOf('al', 'ice')];
        await issue('111111');
        for (let i = 0; i < 5; i++) await guessWrong();
        await pass(30_000);
        await issue('222222', login, 60_000);
        for (const other of others) await issue('333333', other, 60_000);
        await store.forget('alice');
        expect(await store.verify(login, '222222')).toEqual({ verdict: 'none' });
        expect(await request('444444')).not.toHaveProperty('earlier');
        for (const other of others) expect(await verdictOn('333333', other)).toBe('verified');
        expect(await ask(bob, '555555')).toMatchObject({ refused: 'resend_cooldown' });
      });

      test('forgetting an unknown user changes nothing', async () => {
        const { store, issue } = await open();
        const otp = await issue('111111');
        await store.forget('unknown');
        expect(await store.verify(alice, '111111')).toEqual({ verdict: 'verified', otp });
      });
    });

    describe('live', () => {
      test('a code counts as live from its request until it is verified, replaced, cancelled or burnt', async () => {
        const { store, issue, guessWrong, verdictOn } = await open(FIVE_ATTEMPTS);
        expect(await store.live()).toBe(0);
        await issue('111111');
        await issue('111111', bob);
        expect(await store.live()).toBe(2);
        await issue('222222', bob);
        expect(await store.live()).toBe(2);
        await guessWrong(bob);
        expect(await store.live()).toBe(2);
        await verdictOn('222222', bob);
        await verdictOn('222222', bob);
        expect(await store.live()).toBe(1);
        await store.cancel(alice);
        await store.cancel(alice);
        expect(await store.live()).toBe(0);
        await issue('111111');
        for (let i = 0; i < 6; i++) await guessWrong();
        expect(await store.live()).toBe(0);
      });

      test('an expired code counts as live until `expire` or a new request notices', async () => {
        const { store, issue, pass, verdictOn, tick } = await open();
        await issue('111111');
        await issue('111111', bob);
        await pass(TTL_MS);
        await verdictOn('111111');
        await issue('111111', bob);
        await tick(1);
        expect(await store.live()).toBe(1);
        await issue('111111');
        expect(await store.live()).toBe(2);
        await tick(120);
        expect(await store.live()).toBe(0);
      });

      test('a code that was expired on request or forgotten no longer counts as live', async () => {
        const { store, issue, tick } = await open();
        for (const user of ['alice', 'bob', 'carol']) await issue('111111', keyOf(user));
        await issue('111111', keyOf('carol', 'login'));
        await store.expireNow(alice);
        await store.expireNow(alice);
        expect(await store.live()).toBe(3);
        await store.forget('alice');
        expect(await store.live()).toBe(3);
        await store.forget('carol');
        expect(await store.live()).toBe(1);
        await store.forget();
        expect(await store.live()).toBe(0);
        await tick(120);
        expect(await store.live()).toBe(0);
      });

      test('an expired code no longer counts as live if a lock follows its deadline', async () => {
        const { store, issue, pass, guessWrong, tick } = await open(EVERY_GUESS);
        await issue('111111');
        await pass(TTL_MS);
        for (let i = 0; i < 5; i++) await guessWrong();
        await tick(120);
        expect(await store.live()).toBe(0);
      });
    });

    test('a store that answers is ready', async () => {
      const { store } = await open();
      expect(await store.ready()).toBe(true);
    });

    describe('races', () => {
      test(`of 50 simultaneous right guesses exactly one is verified, ${races.toLocaleString('en')} times over`, async () => {
        const { store, issue } = await open();
        let wins = 0;
        for (let race = 0; race < races; race++) {
          await issue('111111');
          const verdicts = await Promise.all(Array.from({ length: 50 }, () => store.verify(alice, '111111')));
          const won = verdicts.filter(({ verdict }) => verdict === 'verified').length;
          if (won !== 1) throw new Error(`${won} of 50 verifications won race ${race}`);
          wins += won;
        }
        expect(wins).toBe(races);
      }, 600_000);

      test('a guess at the old code never spends the new one', async () => {
        const { request, issue, verdictOn } = await open();
        for (let race = 0; race < 5_000; race++) {
          await issue('111111');
          const [one, issued, other] = await Promise.all([
            verdictOn('111111'),
            request('222222'),
            verdictOn('111111'),
          ]);
          const won = [one, other].filter((verdict) => verdict === 'verified').length;
          expect(won).toBe(issued.earlier === undefined ? 1 : 0);
          expect(await verdictOn('222222')).toBe('verified');
        }
      }, 300_000);
    });
  });
}
