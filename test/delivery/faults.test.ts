import { describe, expect, test } from 'bun:test';
import { testService } from '../support/api.ts';
import { channelOf } from '../support/channel.ts';
import { httpProvider } from '../support/http-provider.ts';

/** A service with a webhook, the time at which it sent each message, and a way to set faults. */
function faultRig() {
  const sent: { user: string; at: number }[] = [];
  const channel = channelOf(async ({ user }) => void sent.push({ user, at: service.clock.now() - start }));
  const service = testService({}, [channel]);
  const start = service.clock.now();
  const json = { 'content-type': 'application/json' };
  return {
    ...service,
    sent,
    faults: (list: object[]) =>
      service.send('/mock/faults', { method: 'PUT', headers: json, body: JSON.stringify(list) }),
    ask: (user: string, more: object = {}) =>
      service.post('/otp/request', { user, channel: 'webhook', ...more }),
    outcomes: () =>
      service
        .log()
        .filter(({ message }) => String(message).startsWith('otp.deliver'))
        .map(({ message, user, reason }) => [message, user, reason].filter(Boolean).join(' ')),
  };
}

describe('a fault on delivery', () => {
  test('with drop loses the message, which counts as delivered', async () => {
    const { faults, ask, clock, sent, outcomes } = faultRig();
    await faults([{ on: 'delivery', drop: true, times: 1 }]);
    await ask('lost');
    await ask('found');
    await clock.advance(60_000);
    expect(sent.map(({ user }) => user)).toEqual(['found']);
    expect(outcomes().sort()).toEqual(['otp.delivered found', 'otp.delivered lost']);
  });

  test('with duplicate sends the message twice', async () => {
    const { faults, ask, clock, sent, outcomes } = faultRig();
    await faults([{ on: 'delivery', user: 'ali*', duplicate: true }]);
    await ask('alice');
    await ask('bob');
    await clock.advance(60_000);
    expect(sent.map(({ user }) => user).sort()).toEqual(['alice', 'alice', 'bob']);
    expect(outcomes()).toHaveLength(2);
  });

  test('with delayMs sends the message late, in real time, and never after its code has ended', async () => {
    const { faults, ask, clock, sent } = faultRig();
    await faults([{ on: 'delivery', delayMs: 10_000 }]);
    await ask('late');
    await ask('too-late', { ttl: 5 });
    await clock.advance(20_000);
    expect(sent).toEqual([{ user: 'late', at: 10_000 }]);
  });

  test('with fail fails the message, and the request does not notice', async () => {
    const { faults, ask, clock, sent, outcomes } = faultRig();
    await faults([{ on: 'delivery', fail: true }]);
    expect(await ask('alice')).toMatchObject({ status: 200, body: { delivery: 'queued' } });
    await clock.settle();
    expect(sent).toEqual([]);
    expect(outcomes()).toEqual(['otp.delivery_failed alice injected_fault']);
  });

  test('affects no request, and a fault on request affects no message', async () => {
    const { faults, ask, sent } = faultRig();
    await faults([{ on: 'request', user: 'bob', status: 500 }]);
    expect((await ask('bob')).status).toBe(500);
    expect((await ask('alice')).status).toBe(200);
    expect(sent.map(({ user }) => user)).toEqual(['alice']);
  });

  test.each([
    [{ on: 'delivery' }, '/0'],
    [{ on: 'delivery', status: 503 }, '/0/status'],
    [{ on: 'delivery', drop: true, duplicate: true }, '/0'],
    [{ on: 'delivery', fail: true, drop: true }, '/0'],
    [{ on: 'request', fail: true }, '/0'],
    [{ on: 'verify', duplicate: true, status: 500 }, '/0'],
    [{ on: 'delivery', fail: 'yes' }, '/0/fail'],
  ])('cannot be %j', async (fault, field) => {
    const { faults } = faultRig();
    expect(await faults([fault])).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});

test('a webhook is signed with real time, even after the clock lever has moved service time', async () => {
  await using provider = httpProvider();
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const { post, clock, service, log } = testService({
    OTP_WEBHOOK_URL: provider.url,
    OTP_WEBHOOK_SECRETS: secret,
  });
  await post('/mock/clock', { advance: 86_400 });
  await post('/otp/request', { user: 'alice', channel: 'webhook' });
  const [posted] = await provider.got(1);
  expect(posted?.headers['webhook-timestamp']).toBe(String(Math.floor(clock.now() / 1_000)));
  const { data } = JSON.parse(posted?.body ?? '');
  expect(data.expiresAt).toBe(new Date(clock.now() + 86_400_000 + 300_000).toISOString());
  // Before that, stop() would wait for the message on a clock that stands still.
  while (!log().some(({ message }) => message === 'otp.delivered')) await Bun.sleep(5);
  await service.stop();
});

describe('a message that waits for delivery', () => {
  /** A service with two messages that wait. */
  async function waiting() {
    const rigged = faultRig();
    await rigged.faults([{ on: 'delivery', delayMs: 10_000 }]);
    await rigged.ask('alice');
    await rigged.ask('bob');
    return rigged;
  }

  test('is forgotten by a reset', async () => {
    const { post, clock, sent } = await waiting();
    expect((await post('/mock/reset', {})).status).toBe(200);
    await clock.advance(60_000);
    expect(sent).toEqual([]);
  });

  test('is forgotten by a reset of its user, and no other is', async () => {
    const { post, clock, sent } = await waiting();
    expect((await post('/mock/reset', { user: 'alice' })).status).toBe(200);
    await clock.advance(60_000);
    expect(sent.map(({ user }) => user)).toEqual(['bob']);
  });

  test('is forgotten when the clock is reset, like its code', async () => {
    const { post, clock, sent } = await waiting();
    expect((await post('/mock/clock', { reset: true })).status).toBe(200);
    await clock.advance(60_000);
    expect(sent).toEqual([]);
  });

  test('is not sent once the clock lever passes its deadline', async () => {
    const { post, clock, sent, outcomes } = await waiting();
    expect((await post('/mock/clock', { advance: 301 })).status).toBe(200);
    await clock.advance(60_000);
    expect(sent).toEqual([]);
    expect(outcomes().sort()).toEqual([
      'otp.delivery_failed alice expired',
      'otp.delivery_failed bob expired',
    ]);
  });
});
