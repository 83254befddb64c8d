import { afterAll, beforeAll, test } from 'bun:test';
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { MemoryStore } from '../../src/core/memory/memory-store.ts';
import type { Otp, Policy, Store } from '../../src/core/store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RedisServer } from '../support/redis-server.ts';
import { connections, sharedStores } from '../support/redis-stores.ts';

let server: RedisServer;
let open: Awaited<ReturnType<typeof connections>>;

beforeAll(async () => {
  server = await RedisServer.start();
  open = await connections(server.url, 1);
});

afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

type Step = (store: Store) => Promise<unknown>;
type Act =
  | { readonly says: string; readonly step: Step }
  | { readonly says: string; readonly passMs: number };

const key = fc.record({
  user: fc.constantFrom('alice', 'bob', 'carol'),
  purpose: fc.constantFrom('default', 'login'),
});
const code = fc.constantFrom('111111', '222222');

/** Whole seconds, as the wheel of the memory store has them. */
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(key, code, fc.constantFrom(1_000, 5_000, 3_600_000), fc.constantFrom(false, false, true))
      .map(([key, code, ttlMs, exempt]) => ({
        says: `request ${JSON.stringify({ ...key, code, ttlMs, exempt })}`,
        step: (store: Store) => store.request({ ...key, code, ttlMs, exempt }),
      })),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(key, code, fc.constantFrom(false, false, false, true)).map(([key, code, exempt]) => ({
      says: `verify ${JSON.stringify({ ...key, code, exempt })}`,
      step: (store: Store) => store.verify(key, code, exempt),
    })),
  },
  {
    weight: 1,
    arbitrary: key.map((key) => ({
      says: `cancel ${JSON.stringify(key)}`,
      step: (store: Store) => store.cancel(key),
    })),
  },
  {
    weight: 1,
    arbitrary: key.map((key) => ({
      says: `expireNow ${JSON.stringify(key)}`,
      step: (store: Store) => store.expireNow(key),
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('alice', 'bob')
      .map((user) => ({ says: `forget ${user}`, step: (store: Store) => store.forget(user) })),
  },
  { weight: 3, arbitrary: fc.constant({ says: 'expire', step: expireAll }) },
  { weight: 1, arbitrary: fc.constant({ says: 'live', step: (store: Store) => store.live() }) },
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
      .map((passMs) => ({ says: `pass ${passMs}`, passMs })),
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
});

/** All that is due, those of one moment in no order. */
async function expireAll(store: Store): Promise<unknown> {
  const expired: Otp[] = [];
  for (let more = true; more; ) {
    const batch = await store.expire(100);
    expired.push(...batch.expired);
    more = batch.more;
  }
  const place = ({ user, purpose, expiresAt }: Otp) => `${expiresAt} ${user} ${purpose}`;
  return expired.sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** The ids in an answer, each as the how-manieth that the store has given out: the one thing in which stores differ. */
function numbered(answer: unknown, ids: Map<string, number>): unknown {
  return JSON.parse(JSON.stringify(answer ?? null), (name, value) => {
    if (name !== 'id') return value;
    if (!ids.has(value)) ids.set(value, ids.size);
    return ids.get(value);
  });
}

test('the store in Redis answers as the one in memory does, whatever comes in whichever order', async () => {
  await fc.assert(
    fc.asyncProperty(
      policy,
      fc.array(act, { minLength: 20, maxLength: 120, size: 'max' }),
      async (policy, acts) => {
        const clock = new ManualClock();
        const memory = new MemoryStore(clock, policy, 'run');
        const { keys, stores } = sharedStores(open.all, policy, 1);
        const [redis] = stores;
        const [connection] = open.all;
        if (redis === undefined || connection === undefined) throw new Error('there is no store');
        const [inMemory, inRedis] = [new Map<string, number>(), new Map<string, number>()];
        const setClock = () =>
          Promise.all(keys.shards.map((shard) => connection.send('SET', [shard.clock, `=${clock.now()}`])));
        await setClock();
        for (const { says, ...it } of acts) {
          if ('passMs' in it) {
            clock.set(clock.now() + it.passMs);
            await setClock();
            continue;
          }
          const expected = numbered(await it.step(memory), inMemory);
          const actual = numbered(await it.step(redis), inRedis);
          deepStrictEqual(actual, expected, says);
        }
      },
    ),
    { numRuns: 1_000 },
  );
}, 600_000);
