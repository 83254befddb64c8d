import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { KEYS } from '../../src/levers/shared/keys.ts';
import { Keys } from '../../src/redis/keys.ts';
import { slotOf } from '../../src/redis/slots.ts';
import { storeContract } from '../core/store-contract.ts';
import { UNLIMITED } from '../support/policies.ts';
import { PRIMARIES, RedisCluster } from '../support/redis-cluster.ts';
import { connections, contractStore, inTurn, sharedStores } from '../support/redis-stores.ts';
import { startReplicas } from '../support/replicas.ts';
import { ClusterUsers } from './cluster-users.ts';

/** How many times 50 verifications race each other over three replicas. 20,000 take a quarter of an hour. */
const RACES = Number(process.env['CLUSTER_RACES'] ?? 200);
/** How often each kind of trouble comes. */
const ROUNDS = Number(process.env['CLUSTER_ROUNDS'] ?? 1);
/** Most milliseconds until the last 503, once the part has a primary again. */
const BACK_MS = 2_000;

describe('on a Redis Cluster', () => {
  let cluster: RedisCluster;
  let replicas: Awaited<ReturnType<typeof connections>>;

  beforeAll(async () => {
    cluster = await RedisCluster.start();
    replicas = await connections(cluster.url, 3);
  }, 60_000);

  afterAll(async () => {
    await replicas?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
  });

  storeContract('the store', (policy) => contractStore(replicas.all.slice(0, 1), policy), 20);
  storeContract('a store of three replicas', (policy) => contractStore(replicas.all, policy), 20);

  test(`${RACES} races of 50 verifications over three replicas have one winner each`, async () => {
    const { stores } = sharedStores(replicas.all, UNLIMITED);
    const store = inTurn(stores);
    const winners = new Map<number, number>();
    let next = 0;
    const lane = async () => {
      while (next < RACES) {
        const key = { user: `user-${next++}`, purpose: 'default' };
        await store.request({ ...key, code: '111111', ttlMs: 60_000 });
        const judged = await Promise.all(Array.from({ length: 50 }, () => store.verify(key, '111111')));
        const won = judged.filter(({ verdict }) => verdict === 'verified').length;
        winners.set(won, (winners.get(won) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 8 }, lane));
    expect([...winners]).toEqual([[1, RACES]]);
  }, 3_600_000);
});

/** Something that happens to a part of the cluster. It resolves when that part has a primary again. */
type Trouble = (cluster: RedisCluster, slots: readonly number[], slot: number) => Promise<readonly number[]>;

/** Which of these slots are at the same node as that one. */
async function besides(cluster: RedisCluster, slots: readonly number[], slot: number): Promise<number[]> {
  const owner = await cluster.primaryOf(slot);
  const at = await Promise.all(slots.map((one) => cluster.primaryOf(one)));
  return slots.filter((_, i) => at[i] === owner);
}

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'a primary is killed': async (cluster, slots, slot) => {
    const hit = await besides(cluster, slots, slot);
    const primary = await cluster.primaryOf(slot);
    await primary.kill();
    while ((await cluster.primaryOf(slot)) === primary) await Bun.sleep(10);
    return hit;
  },
  'a replica takes over': async (cluster, slots, slot) => {
    const hit = await besides(cluster, slots, slot);
    const primary = await cluster.primaryOf(slot);
    const replica = await cluster.replicaOf(primary);
    await replica.send('CLUSTER', 'FAILOVER');
    while ((await cluster.primaryOf(slot)) === primary) await Bun.sleep(10);
    return hit;
  },
  'a primary freezes': async (cluster, slots, slot) => {
    const hit = await besides(cluster, slots, slot);
    const primary = await cluster.primaryOf(slot);
    primary.freeze();
    const others = cluster.nodes.filter((node) => node !== primary);
    while ((await cluster.primaryOf(slot, others)) === primary) await Bun.sleep(10);
    primary.thaw();
    return hit;
  },
  'a slot is moved': async (cluster, _, slot) => {
    await cluster.fill(slot, 5_000);
    await cluster.move(slot);
    return [slot];
  },
};

test(`under load, ${ROUNDS} of each trouble: calls of the part that it hits fail alone, each with 503, and for two seconds at most once it is over`, async () => {
  await using cluster = await RedisCluster.start(2_000);
  const figures: Record<string, { failures: number; troubleMs: number; backMs: number }[]> = {};
  let users: ClusterUsers;
  const stray: string[] = [];
  {
    await using running = await ClusterUsers.start(cluster.url, 40);
    users = running;
    const { slots, failures } = users;
    for (let round = 0; round < ROUNDS; round++)
      for (const [name, happen] of Object.entries(TROUBLES)) {
        const verified = users.seen.verified;
        while (users.seen.verified < verified + 100) await Bun.sleep(10);
        const before = failures.length;
        const beganAt = performance.now();
        const hit = new Set(await happen(cluster, slots, slots[(round * 7) % slots.length] ?? 0));
        const overAt = performance.now();
        await Bun.sleep(BACK_MS);
        const met = failures.slice(before);
        for (const { slot, at } of met)
          if (!hit.has(slot)) stray.push(`slot ${slot} failed ${Math.round(at - beganAt)} ms after: ${name}`);
        const backMs = Math.max(0, ...met.map(({ at }) => at - overAt));
        figures[name] = [
          ...(figures[name] ?? []),
          { failures: met.length, troubleMs: overAt - beganAt, backMs },
        ];
        const all = failures.length;
        await cluster.restartAll();
        await cluster.whole();
        if (failures.length > all)
          stray.push(`${failures.length - all} calls failed later than that: ${name}`);
      }
  }
  console.log(users.seen, figures);
  if (stray.length > 0) console.log(users.log.join('\n'));
  expect([...users.wrongs, ...stray]).toEqual([]);
}, 1_200_000);

/** A user for each shard, by its number. */
function userOfEach(keys: Keys): string[] {
  const users = new Map<number, string>();
  for (let i = 0; users.size < keys.shards.length; i++)
    users.set(keys.ofUser(`user-${i}`).shard.number, `user-${i}`);
  return keys.shards.map(({ number }) => users.get(number) ?? '');
}

test('without one of three primaries its users get 503, all others are served, and the clock moves for all in the end', async () => {
  await using cluster = await RedisCluster.start(1_000);
  await using service = await startReplicas(2, cluster.url);
  const keys = new Keys('otp:mock:', '', 16);
  const users = userOfEach(keys);
  const ask = (user: string, to: number) => service.post('/otp/request', { user, code: '111111' }, to);
  for (const user of users) expect((await ask(user, 0)).status).toBe(200);
  expect((await service.post('/mock/clock', { advance: 3_600 }, 1)).body).toMatchObject({ expired: 16 });

  // The first has no slot of the levers, without which mock mode serves no one.
  const [primary] = cluster.nodes;
  if (primary === undefined) throw new Error('there is no node');
  const isLost = (shard: number) => slotOf(keys.shards[shard]?.base ?? '') < 16_384 / PRIMARIES;
  const lost = users.flatMap((_, shard) => (isLost(shard) ? [shard] : []));
  const replica = await cluster.replicaOf(primary);
  await Promise.all([primary.kill(), replica.kill()]);
  for (const to of [0, 1])
    for (const [shard, user] of users.entries()) {
      const answer = await ask(user, to);
      expect([shard, answer.status]).toEqual([shard, isLost(shard) ? 503 : 200]);
      expect(answer.ms).toBeLessThan(1_000);
    }
  expect(await service.send('/readyz')).toMatchObject({
    status: 200,
    body: { status: 'ready', shardsUnavailable: lost },
  });
  expect((await service.send('/metrics')).text).toContain(`otp_store_shards_unavailable ${lost.length}\n`);

  // Codes of the other shards expire, and are announced, although the move cannot reach all shards.
  expect((await service.post('/mock/clock', { advance: 3_600 }, 0)).status).toBe(503);
  const expired = async () =>
    (await service.askAll('/metrics')).reduce(
      (sum, { text }) => sum + Number(/^otp_expired_total (\d+)/m.exec(text)?.[1] ?? 0),
      0,
    );
  while ((await expired()) < 16 + users.length - lost.length) await Bun.sleep(50);

  // What was in the lost part is gone, and with it its copy of the clock. It gets the latest.
  await primary.start();
  await service.untilReady();
  const now = Date.parse(String((await service.send('/mock/clock', {}, 1)).body['now']));
  for (const user of users) {
    const ttlMs = async () => Date.parse(String((await ask(user, 1)).body['expiresAt'])) - now;
    while (!((await ttlMs()) >= 300_000)) await Bun.sleep(20);
  }
}, 60_000);

test('while the levers’ slot fails over and moves, each call that succeeds is in the inbox of every replica once, in one order', async () => {
  await using cluster = await RedisCluster.start();
  await using service = await startReplicas(2, cluster.url);
  const answered: string[] = [];
  let asked = 0;
  let failed = 0;
  let stopping = false;
  const lane = async () => {
    while (!stopping && asked < 900) {
      const user = `user-${asked++}`;
      const { status } = await service.post('/otp/request', { user });
      if (status === 200) answered.push(user);
      else failed++;
      await Bun.sleep(status === 200 ? 5 : 20);
    }
  };
  const lanes = Promise.all(Array.from({ length: 8 }, lane));
  const slot = slotOf(KEYS.stream);
  for (const happen of ['a replica takes over', 'a slot is moved']) {
    const before = answered.length;
    while (answered.length < before + 100) await Bun.sleep(10);
    await TROUBLES[happen]?.(cluster, [], slot);
  }
  const before = answered.length;
  while (answered.length < before + 50) await Bun.sleep(10);
  stopping = true;
  await lanes;
  console.log({ answered: answered.length, failed });

  const usersAt = async (replica: number) => {
    const { text } = await service.send('/mock/inbox', {}, replica);
    return [...text.matchAll(/"user":"([^"]+)"/g)].map(([, user = '']) => user);
  };
  const [here, there] = await Promise.all([usersAt(0), usersAt(1)]);
  expect(here).toEqual(there);
  expect(new Set(here).size).toBe(here.length);
  expect(answered.filter((user) => !here.includes(user))).toEqual([]);

  expect((await service.post('/mock/reset', {}, 0)).status).toBe(200);
  expect(await usersAt(1)).toEqual([]);
}, 60_000);
