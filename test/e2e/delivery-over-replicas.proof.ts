import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { systemClock } from '../../src/core/clock.ts';
import { DeliveryFailure, type Message } from '../../src/delivery/channel.ts';
import { samplesOf } from '../metrics/samples.ts';
import { channelOf } from '../support/channel.ts';
import { RedisServer } from '../support/redis-server.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';

const MINUTE = 60_000;

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => void (await server.send('FLUSHALL')));

/** Messages of all replicas by their result, as the metrics count them. */
async function counted(replicas: Replicas): Promise<Record<string, number>> {
  const answers = await replicas.askAll('/metrics');
  const results = ['delivered', 'failed', 'ended'];
  const ofAll = (result: string) =>
    answers.reduce(
      (sum, { text }) =>
        sum + (samplesOf(text)[`otp_deliveries_total{channel="webhook",result="${result}"}`] ?? 0),
      0,
    );
  return Object.fromEntries(results.map((result) => [result, ofAll(result)]));
}

describe('the messages of two replicas whose provider is down', () => {
  const MESSAGES = 600;
  const TTL_S = 3;

  test.each([
    ['have all failed, each counted once, within two seconds of the last deadline', async () => {}],
    ['do so too if the store has lost the codes', () => server.send('FLUSHALL')],
  ])('%s', async (_, meanwhile) => {
    let down = true;
    const channel = channelOf(async () => {
      if (down) throw new DeliveryFailure('unreachable');
    });
    await using replicas = await startReplicas(
      2,
      server.url,
      { OTP_CHANNEL: 'webhook' },
      { channels: [channel] },
    );
    const ask = (user: string) => replicas.post('/otp/request', { user, ttl: TTL_S });
    for (let i = 0; i < MESSAGES; i++)
      expect((await ask(`user-${i}`)).body).toMatchObject({ delivery: 'queued' });
    const lastAt = performance.now() + TTL_S * 1_000;
    await meanwhile();

    while ((await counted(replicas))['failed'] !== MESSAGES && performance.now() < lastAt + 2_000)
      await Bun.sleep(50);
    expect(await counted(replicas)).toEqual({ delivered: 0, failed: MESSAGES, ended: 0 });

    down = false;
    for (let to = 0; to < 2; to++) await ask(`later-${to}`);
    while ((await counted(replicas))['delivered'] !== 2) await Bun.sleep(20);
    expect(await counted(replicas)).toEqual({ delivered: 2, failed: MESSAGES, ended: 0 });
  });
});

describe("a replica's own clock decides nothing", () => {
  /** A replica whose machine has this clock sends 20 codes, and shows them as pending. */
  async function sendsAll(wall: () => number, disturb = async () => {}) {
    const clock = systemClock({ wall, monotonic: () => performance.now() });
    const sent: Message[] = [];
    const channels = [channelOf(async (message) => void sent.push(message))];
    const env = { OTP_CHANNEL: 'webhook' };
    await using replica = await startReplicas(1, server.url, env, { clock, channels });
    await disturb();
    for (let i = 0; i < 20; i++) await replica.post('/otp/request', { user: `user-${i}` });
    while ((await counted(replica))['delivered'] !== 20) await Bun.sleep(20);
    expect(sent).toHaveLength(20);
    const { body } = await replica.send('/mock/inbox');
    expect(body['messages']).toEqual(
      Array.from({ length: 20 }, () => expect.objectContaining({ state: 'pending' })),
    );
    // Redis runs on this machine, so its clock is this one.
    const now = Date.parse(String((await replica.send('/mock/clock')).body['now']));
    expect(Math.abs(now - Date.now())).toBeLessThan(1_000);
  }

  test.each([
    ['ahead by more than a lifetime', 310_000],
    ['behind by an hour', -60 * MINUTE],
  ])('if it is %s', (_, aheadMs) => sendsAll(() => Date.now() + aheadMs));

  test('if it was ahead by an hour for a moment', async () => {
    let aheadMs = 0;
    await sendsAll(
      () => Date.now() + aheadMs,
      async () => {
        aheadMs = 60 * MINUTE;
        await Bun.sleep(1_500);
        aheadMs = 0;
      },
    );
  });
});
