import { test } from 'bun:test';
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { MemoryStore } from '../../src/core/memory-store.ts';
import type { Otp, Policy, Store } from '../../src/core/store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ownRedis } from '../support/own-redis.ts';
import { sharedStores } from '../support/redis-stores.ts';

const server = ownRedis(1);

/** A call of the store, or a move of its clock. */
type Action =
  | { readonly name: string; readonly call: (store: Store) => Promise<unknown> }
  | { readonly name: string; readonly passMs: number };

const key = fc.record({
  user: fc.constantFrom('alice', 'bob', 'carol'),
  purpose: fc.constantFrom('default', 'login'),
});
const code = fc.constantFrom('111111', '222222');

/** Times are whole seconds, as in the memory store's wheel. */
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(key, code, fc.constantFrom(1_000, 5_000, 3_600_000), fc.constantFrom(false, false, true))
      .map(([key, code, ttlMs, exempt]) => ({
        name: `request ${JSON.stringify({ ...key, code, ttlMs, exempt })}`,
        call: (store: Store) => store.request({ ...key, code, ttlMs, exempt }),
      })),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(key, code, fc.constantFrom(false, false, false, true)).map(([key, code, exempt]) => ({
      name: `verify ${JSON.stringify({ ...key, code, exempt })}`,
      call: (store: Store) => store.verify(key, code, exempt),
    })),
  },
  {
    weight: 1,
    arbitrary: key.map((key) => ({
      name: `cancel ${JSON.stringify(key)}`,
      call: (store: Store) => store.cancel(key),
    })),
  },
  {
    weight: 1,
    arbitrary: key.map((key) => ({
      name: `expireNow ${JSON.stringify(key)}`,
      call: (store: Store) => store.expireNow(key),
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('alice', 'bob')
      .map((user) => ({ name: `forget ${user}`, call: (store: Store) => store.forget(user) })),
  },
  { weight: 3, arbitrary: fc.constant({ name: 'expire', call: expireAll }) },
  { weight: 1, arbitrary: fc.constant({ name: 'live', call: (store: Store) => store.live() }) },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(
        1_000,
        2_000,
        5_000,
        29_000,
        60_000,
        61_000,
        300_000,
        600_000,
        3_599_000,
        3_600_000,
        7_300_000,
      )
      .map((passMs) => ({ name: `pass ${passMs}`, passMs })),
  },
);

const policy: fc.Arbitrary<Policy> = fc.record({
  guesses: fc.record({
    maxAttempts: fc.constantFrom(0, 1, 2, 3),
    lockoutMs: fc.constantFrom(300_000, 1_000_000),
    everyGuessCounts: fc.boolean(),
  }),
  sends: fc.record({
    cooldownMs: fc.constantFrom(0, 0, 30_000),
    limit: fc.constantFrom(0, 0, 1, 3),
    windowMs: fc.constantFrom(60_000, 600_000),
  }),
  maxRecords: fc.constantFrom(2, 4, 1_000_000),
  // None, or all: of counts that were used at the same time neither is the oldest.
  maxCounts: fc.constantFrom(0, 1_000_000),
});

/** Expires everything that is due, and sorts it: codes of one moment come in no order. */
async function expireAll(store: Store): Promise<unknown> {
  const expired: Otp[] = [];
  for (let more = true; more; ) {
    const batch = await store.expire(100);
    expired.push(...batch.expired);
    more = batch.more;
  }
  const rank = ({ user, purpose, expiresAt }: Otp) => `${expiresAt} ${user} ${purpose}`;
  return expired.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** An answer with each id replaced by its number in order of appearance: ids are all that may differ between stores. */
function withNumberedIds(answer: unknown, ids: Map<string, number>): unknown {
  return JSON.parse(JSON.stringify(answer ?? null), (name, value) => {
    if (name !== 'id') return value;
    if (!ids.has(value)) ids.set(value, ids.size);
    return ids.get(value);
  });
}

test('the store in Redis answers as the memory store does, whatever the calls and their order', async () => {
  await fc.assert(
    fc.asyncProperty(
      policy,
      fc.array(action, { minLength: 20, maxLength: 120, size: 'max' }),
      async (policy, actions) => {
        const clock = new ManualClock();
        const memory = new MemoryStore(clock, policy, 'run');
        const { keys, stores } = sharedStores(server().all, policy, 1);
        const [redis] = stores;
        const [connection] = server().all;
        if (redis === undefined || connection === undefined) throw new Error('there is no store');
        const [inMemory, inRedis] = [new Map<string, number>(), new Map<string, number>()];
        const setClock = () =>
          Promise.all(keys.shards.map((shard) => connection.send('SET', [shard.clock, `=${clock.now()}`])));
        await setClock();
        const compare = async (name: string, call: (store: Store) => Promise<unknown>) => {
          const expected = withNumberedIds(await call(memory), inMemory);
          const actual = withNumberedIds(await call(redis), inRedis);
          deepStrictEqual(actual, expected, name);
        };
        for (const action of actions) {
          if ('call' in action) {
            await compare(action.name, action.call);
            continue;
          }
          clock.set(clock.now() + action.passMs);
          await setClock();
          // The memory store gives up a count whose lock has opened only once `expire` has noticed that.
          if (policy.maxCounts === 0) await compare('expire', expireAll);
        }
      },
    ),
    { numRuns: 1_000 },
  );
}, 600_000);
