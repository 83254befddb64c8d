import { describe, expect, test } from 'bun:test';
import { ownRedis } from '../support/own-redis.ts';
import { FIVE_ATTEMPTS } from '../support/policies.ts';
import { sharedStores } from '../support/redis-stores.ts';

const START = Date.UTC(2026, 0, 1);
const alice = { user: 'alice', purpose: 'default' };
const wanted = { ...alice, code: '012345', ttlMs: 5_000 };

const redis = ownRedis(1);
const send = (command: string, ...args: string[]) => redis().server.send(command, ...args);

/** A store in an empty Redis. Its time is Redis's own until a test sets it. */
async function emptyStore(policy = FIVE_ATTEMPTS) {
  await send('FLUSHALL');
  const { keys, stores } = sharedStores(redis().all, policy, 16, false);
  const [store] = stores;
  if (store === undefined) throw new Error('there is no store');
  const setClock = async (now: number) => {
    for (const { clock } of keys.shards) await send('SET', clock, `=${now}`, 'PX', '60000');
  };
  return { store, setClock };
}

const limited = { ...FIVE_ATTEMPTS, sends: { cooldownMs: 1, limit: 3, windowMs: 600_000 } };

/** Leaves one user with a code, one with a code and a count, one with a count alone, and one with a lock. */
async function fill({ store }: Awaited<ReturnType<typeof emptyStore>>): Promise<void> {
  for (const user of ['alice', 'bob', 'carol', 'dave']) {
    await store.request({ ...wanted, user });
    if (user !== 'alice') await store.verify({ ...alice, user }, '999999');
    if (user === 'carol') await store.cancel({ ...alice, user });
    for (let i = 0; user === 'dave' && i < 5; i++) await store.verify({ ...alice, user }, '999999');
  }
}

const keysOf = async (): Promise<string[]> => {
  const keys = await send('KEYS', '*');
  return Array.isArray(keys) ? keys.map(String) : [];
};

describe('the store in Redis', () => {
  test('gives every key an expiry of its own, in case no replica cleans up', async () => {
    const it = await emptyStore(limited);
    await fill(it);
    const keys = await keysOf();
    expect(keys.length).toBeGreaterThan(10);
    for (const key of keys) {
      const leftMs = Number(await send('PTTL', key));
      expect(leftMs, key).toBeWithin(86_000_000, 6 * 86_400_000);
    }
  });

  test('leaves nothing of codes, counts, locks and sends that are over', async () => {
    const it = await emptyStore(limited);
    await it.setClock(START);
    await fill(it);
    for (let now = START; now < START + 3 * 3_600_000; now += 60_000) {
      await it.setClock(now);
      while ((await it.store.expire(100)).more);
    }
    const rest = (await keysOf()).filter((key) => !/:(clock|issued)$/.test(key));
    expect(rest).toEqual([]);
  });

  test('stores no code in the clear, and no user in a key', async () => {
    const it = await emptyStore();
    await it.store.request({ ...wanted, user: 'clear-user' });
    for (const key of await keysOf()) {
      expect(key).not.toContain('clear-user');
      const kept = (await send('TYPE', key)) === 'hash' ? JSON.stringify(await send('HGETALL', key)) : '';
      expect(kept).not.toContain('012345');
    }
  });

  test('works on when Redis forgets its scripts', async () => {
    const { store } = await emptyStore();
    for (let i = 0; i < 5; i++) {
      await send('SCRIPT', 'FLUSH');
      expect(await store.request(wanted)).toHaveProperty('otp');
      await send('SCRIPT', 'FLUSH');
      expect((await store.verify(alice, wanted.code)).verdict).toBe('verified');
    }
  });

  test('never uses an id twice, in any shard, even after Redis has lost everything', async () => {
    const { store } = await emptyStore();
    const ids = new Set<string>();
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 100; i++) {
        const answer = await store.request({ ...wanted, user: `user-${i}` });
        if ('otp' in answer) ids.add(answer.otp.id);
      }
      await send('FLUSHALL');
    }
    expect(ids.size).toBe(500);
  });

  test('keeps codes that are requested while it forgets everything', async () => {
    const { store } = await emptyStore();
    for (let i = 0; i < 1_000; i++) await store.request({ ...wanted, user: `user-${i}` });
    const forgotten = store.forget();
    const issued = Array.from({ length: 100 }, (_, i) =>
      store.request({ ...wanted, user: `user-${i * 10}` }),
    );
    await Promise.all([forgotten, ...issued]);
    expect(await store.live()).toBe(100);
    for (let i = 0; i < 100; i++)
      expect((await store.verify({ ...alice, user: `user-${i * 10}` }, wanted.code)).verdict).toBe(
        'verified',
      );
  });

  test('has room for a sixteenth of the records in each shard', async () => {
    const { store } = await emptyStore({ ...FIVE_ATTEMPTS, maxRecords: 160 });
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => store.request({ ...wanted, user: `user-${i}` })),
    );
    expect(answers.filter((answer) => 'otp' in answer)).toHaveLength(160);
    expect(answers.filter((answer) => 'refused' in answer && answer.refused === 'capacity')).toHaveLength(
      840,
    );
  });
});

describe('an expired code stays expired when Redis’s clock is set back, once it was noticed', () => {
  const noticed: [string, (it: Awaited<ReturnType<typeof emptyStore>>) => Promise<unknown>][] = [
    ['by a right guess', ({ store }) => store.verify(alice, wanted.code)],
    ['by a wrong guess', ({ store }) => store.verify(alice, '999999')],
    ['by an attempt to cancel it', ({ store }) => store.cancel(alice)],
    ['by an attempt to expire it', ({ store }) => store.expireNow(alice)],
    [
      'by the expiry loop',
      async ({ store }) => {
        while ((await store.expire(100)).more);
      },
    ],
  ];

  test.each(noticed)('%s', async (_, notice) => {
    const it = await emptyStore();
    await it.setClock(START);
    await it.store.request(wanted);
    await it.setClock(START + wanted.ttlMs);
    await notice(it);
    await it.setClock(START);
    expect((await it.store.verify(alice, wanted.code)).verdict).toBe('expired');
    expect(await it.store.cancel(alice)).toBeUndefined();
  });
});
