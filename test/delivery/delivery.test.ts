import { describe, expect, test } from 'bun:test';
import { type Channel, DeliveryFailure, type Message } from '../../src/delivery/channel.ts';
import { CHANNEL_NAMES } from '../../src/delivery/channels.ts';
import { type TestService, testService } from '../support/api.ts';
import { channelOf } from '../support/channel.ts';
import { frames, take } from '../support/sse.ts';

const KEY = 'k'.repeat(32);
const bearer = { authorization: `Bearer ${KEY}` };

const CHOICES = [...CHANNEL_NAMES, 'none'];

/** A service with every channel, and the messages that each sent. */
function deliveryRig(env: Record<string, string> = {}) {
  const sent: (Message & { by: string })[] = [];
  const channels = CHANNEL_NAMES.map((by) =>
    channelOf(async (message) => void sent.push({ by, ...message }), by),
  );
  return { ...testService(env, channels), sent };
}

/** The messages in the log, each with its channel and reason if it has them. */
function story({ log }: Pick<TestService, 'log'>): string[] {
  return log().map(({ message, channel, reason }) => [message, channel, reason].filter(Boolean).join(' '));
}

describe('POST /otp/request with a channel', () => {
  test('queues the code, says so, and sends it to the address', async () => {
    const { post, sent } = deliveryRig();
    const { status, body } = await post('/otp/request', {
      user: 'alice',
      purpose: 'login',
      channel: 'email',
      to: 'alice@example.com',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ delivery: 'queued', code: expect.stringMatching(/^\d{6}$/) });
    expect(sent).toMatchObject([
      {
        by: 'email',
        id: body['id'],
        user: 'alice',
        purpose: 'login',
        to: 'alice@example.com',
        code: body['code'],
        expiresAt: Date.parse(String(body['expiresAt'])),
      },
    ]);
  });

  test('sends the code to the user if there is no address', async () => {
    const { post, sent } = deliveryRig();
    await post('/otp/request', { user: '+15005550006', channel: 'sms' });
    await post('/otp/request', { user: 'anybody at all', channel: 'webhook' });
    expect(sent).toMatchObject([
      { by: 'sms', to: '+15005550006' },
      { by: 'webhook', to: 'anybody at all' },
    ]);
  });

  test('in mock mode delivers without a channel only if OTP_CHANNEL is set, and never with "none"', async () => {
    const plain = deliveryRig();
    expect((await plain.post('/otp/request', { user: 'alice' })).body).toMatchObject({ delivery: 'none' });
    expect(plain.sent).toEqual([]);
    const usual = deliveryRig({ OTP_CHANNEL: 'webhook' });
    expect((await usual.post('/otp/request', { user: 'alice' })).body).toMatchObject({ delivery: 'queued' });
    const none = { user: 'bob', channel: 'none', to: 'no matter where' };
    expect((await usual.post('/otp/request', none)).body).toMatchObject({ delivery: 'none' });
    expect(usual.sent).toMatchObject([{ by: 'webhook', to: 'alice' }]);
  });

  test('refuses an address that is invalid for the channel, and issues no code', async () => {
    const { post, sent } = deliveryRig();
    const email = 'must be an e-mail address in ASCII, like alice@example.com';
    const number = 'must be a phone number in E.164 format, like +15005550006';
    for (const [body, detail] of [
      [{ channel: 'email', to: 'alice' }, email],
      [{ channel: 'email', to: 'a@example.com, b@example.com' }, email],
      [{ channel: 'sms', to: '0151 1234567' }, number],
      [{ channel: 'email' }, `${email}; the user is not one`],
      [{ channel: 'sms' }, `${number}; the user is not one`],
    ] as const) {
      expect(await post('/otp/request', { user: 'alice', ...body })).toMatchObject({
        status: 400,
        body: { code: 'invalid_request', errors: [{ field: '/to', detail }] },
      });
    }
    expect((await post('/otp/verify', { user: 'alice', code: '000000' })).status).toBe(404);
    expect(sent).toEqual([]);
  });

  test.each([
    'alice@example.com\r\nBcc: eve@example.com',
    'a\u0000b',
    '\ud800',
    '',
    'x'.repeat(257),
    5,
    null,
  ])('refuses %j as an address, whatever the channel', async (to) => {
    const { post, sent } = deliveryRig();
    for (const channel of CHOICES)
      expect(await post('/otp/request', { user: 'alice', channel, to })).toMatchObject({
        status: 400,
        body: { errors: [{ field: '/to' }] },
      });
    expect(sent).toEqual([]);
  });

  test.each(['pigeon', 'EMAIL', '', 1, null])('refuses %j as a channel', async (channel) => {
    const { post } = deliveryRig();
    expect(await post('/otp/request', { user: 'alice', channel })).toMatchObject({
      status: 400,
      body: {
        errors: [
          { field: '/channel', detail: `must be one of ${CHOICES.map((name) => `"${name}"`).join(', ')}` },
        ],
      },
    });
  });

  test.each([
    ['email', 'OTP_SMTP_URL'],
    ['sms', 'OTP_SMS_URL'],
    ['webhook', 'OTP_WEBHOOK_URL'],
  ])('refuses %s if it is not configured, and names the missing setting', async (channel, setting) => {
    const { post } = testService();
    const detail = `must be a configured channel; "${channel}" needs the setting ${setting}`;
    expect(await post('/otp/request', { user: 'alice', channel })).toMatchObject({
      status: 400,
      body: { errors: [{ field: '/channel', detail }] },
    });
  });

  test('answers before the provider does', async () => {
    const { post } = testService({}, [channelOf(() => new Promise(() => {}))]);
    expect(await post('/otp/request', { user: 'alice', channel: 'webhook' })).toMatchObject({
      status: 200,
      body: { delivery: 'queued' },
    });
  });

  test('answers 503 delivery_busy if the queue is full: no code is issued, and the earlier one stays valid', async () => {
    const { post, clock } = testService({}, [channelOf(() => new Promise(() => {}))]);
    const ask = (user: string, more: object = {}) =>
      post('/otp/request', { user, channel: 'webhook', ...more });
    await ask('earlier', { code: '111111' });
    // One at a time, as a server would: 10,000 fit.
    for (let i = 1; i < 10_000; i++) await ask(`user-${i}`);
    const { status, body, headers } = await ask('earlier', { code: '222222' });
    expect([status, body['code'], headers.get('retry-after')]).toEqual([503, 'delivery_busy', '1']);
    expect((await ask('late')).status).toBe(503);
    expect((await post('/otp/verify', { user: 'late', code: '000000' })).status).toBe(404);
    // Requests without delivery still work, and a code that ends makes room.
    expect((await post('/otp/request', { user: 'bob' })).status).toBe(200);
    expect((await post('/otp/verify', { user: 'earlier', code: '111111' })).status).toBe(200);
    await post('/otp/cancel', { user: 'user-9999' });
    expect((await ask('late')).status).toBe(200);
    await clock.settle();
  });

  test('frees the room of a refused request: 20,000 of them take none', async () => {
    const { post, sent } = deliveryRig({ OTP_RESEND_COOLDOWN: '60' });
    const ask = () => post('/otp/request', { user: 'alice', channel: 'webhook' });
    expect((await ask()).status).toBe(200);
    for (let i = 0; i < 20_000; i++) expect((await ask()).status).toBe(429);
    expect(sent).toHaveLength(1);
    expect((await post('/otp/request', { user: 'bob', channel: 'webhook' })).status).toBe(200);
  });
});

test('the OpenAPI document has channel, to, delivery and delivery_busy', async () => {
  const { send } = testService();
  const { paths } = JSON.parse((await send('/swagger/json')).text);
  const { requestBody, responses } = paths['/otp/request'].post;
  const fields = requestBody.content['application/json'].schema.properties;
  const channels = fields.channel.anyOf.map((one: { const: string }) => one.const);
  expect(channels).toEqual(CHOICES);
  expect(fields.to.description).toContain('E.164');
  expect(responses['200'].content['application/json'].schema.properties).toHaveProperty('delivery');
  const busy = responses['503'].content['application/problem+json'].schema.properties.code;
  expect(JSON.stringify(busy)).toContain('delivery_busy');
});

describe('the outcome of a message', () => {
  test('is announced once, with the request that caused it, and logged without the code', async () => {
    const service = deliveryRig({ OTP_LENGTH: '10' });
    const { post, clock, log } = service;
    const { body } = await post(
      '/otp/request',
      { user: 'alice', channel: 'sms', to: '+15005550006' },
      { 'x-request-id': 'r-1' },
    );
    await clock.advance(60_000);
    expect(story(service)).toEqual(['otp.requested', 'otp.delivered sms']);
    expect(log()[1]).toMatchObject({ user: 'alice', purpose: 'default', otp: body['id'], requestId: 'r-1' });
    expect(JSON.stringify(log())).not.toContain(String(body['code']));
  });

  const refusing = channelOf(async () => {
    throw new DeliveryFailure('refused');
  });
  test('is a failure with a reason if the provider refuses it', async () => {
    const service = testService({}, [refusing]);
    await service.post('/otp/request', { user: 'alice', channel: 'webhook' });
    await service.clock.settle();
    expect(story(service)).toEqual([
      'otp.requested',
      'a channel is failing webhook',
      'otp.delivery_failed webhook refused',
    ]);
  });

  test('is logged for the channel when it begins to fail and when it recovers, not in between', async () => {
    let down = true;
    const moody = channelOf(async () => {
      if (down) throw new DeliveryFailure('unreachable');
    });
    const service = testService({}, [moody]);
    for (let i = 0; i < 5; i++) await service.post('/otp/request', { user: `user-${i}`, channel: 'webhook' });
    await service.clock.settle();
    down = false;
    await service.clock.advance(10_000);
    const said = story(service).filter((line) => line.startsWith('a channel'));
    expect(said).toEqual(['a channel is failing webhook', 'a channel has recovered webhook']);
    const warning = service.log().find(({ message }) => message === 'a channel is failing');
    expect(warning).toMatchObject({ level: 'warn', fault: 'unreachable' });
  });

  test('names the fault of the last attempt if the code ended before one succeeded', async () => {
    const dead = channelOf(async () => {
      throw new DeliveryFailure('unreachable');
    });
    const service = testService({}, [dead]);
    await service.post('/otp/request', { user: 'alice', channel: 'webhook', ttl: 5 });
    await service.clock.settle();
    await service.post('/mock/clock', { advance: 5 });
    await service.clock.settle();
    const failed = service.log().find(({ message }) => message === 'otp.delivery_failed');
    expect(failed).toMatchObject({ reason: 'expired', fault: 'unreachable' });
  });

  const ends: [string, (service: TestService) => Promise<unknown>, string[]][] = [
    ['verified', ({ post }) => post('/otp/verify', { user: 'alice', code: '111111' }), []],
    ['cancelled', ({ post }) => post('/otp/cancel', { user: 'alice' }), []],
    ['expired', ({ clock }) => clock.advance(301_000), []],
    [
      'replaced',
      ({ post }) => post('/otp/request', { user: 'alice', code: '222222', channel: 'none' }),
      ['otp.requested'],
    ],
    [
      'locked',
      async ({ post }) => {
        for (let i = 0; i < 5; i++) await post('/otp/verify', { user: 'alice', code: '999999' });
      },
      [],
    ],
  ];
  test.each(ends)('is the end of the code if that comes first: %s', async (end, endCode) => {
    const attempts: string[] = [];
    const down = channelOf(async ({ id }) => {
      attempts.push(id);
      throw new DeliveryFailure('busy', 3_600_000);
    });
    const service = testService({ PORT: '0', HOST: '127.0.0.1' }, [down]);
    await service.service.listen();
    await service.post('/otp/request', { user: 'alice', channel: 'webhook', code: '111111' });
    await service.clock.settle();
    await endCode(service);
    await service.clock.advance(7_200_000);
    expect(attempts).toHaveLength(1);
    const outcomes = story(service).filter((line) => line.startsWith('otp.deliver'));
    expect(outcomes).toEqual([`otp.delivery_failed webhook ${end}`]);
    await service.service.stop();
  });

  test('of one channel does not delay another: one hangs, the other delivers', async () => {
    const sent: string[] = [];
    const hanging = channelOf(() => new Promise(() => {}), 'sms');
    const quick = channelOf(async ({ user }) => void sent.push(user), 'webhook');
    const { post } = testService({}, [hanging, quick]);
    for (let i = 0; i < 20; i++) await post('/otp/request', { user: `+1500555000${i % 10}`, channel: 'sms' });
    await post('/otp/request', { user: 'alice', channel: 'webhook' });
    expect(sent).toEqual(['alice']);
  });
});

describe('strict mode', () => {
  const strict = { OTP_MODE: 'strict', OTP_API_KEYS: KEY, OTP_METRICS_KEYS: 'm'.repeat(32) };

  test('delivers over the only channel when a request names none', async () => {
    const sent: Message[] = [];
    const { post } = testService(strict, [channelOf(async (message) => void sent.push(message), 'email')]);
    const { body } = await post('/otp/request', { user: 'alice@example.com' }, bearer);
    expect(body).toMatchObject({ delivery: 'queued' });
    expect(body).not.toHaveProperty('code');
    expect(sent).toMatchObject([{ to: 'alice@example.com', code: expect.stringMatching(/^\d{6}$/) }]);
  });

  test('refuses the channel "none"', async () => {
    const { post } = testService(strict, [channelOf(async () => {})]);
    expect(await post('/otp/request', { user: 'alice', channel: 'none' }, bearer)).toMatchObject({
      status: 400,
      body: { errors: [{ field: '/channel', detail: 'must not be "none" in strict mode' }] },
    });
  });
});

describe('a service that stops', () => {
  /** A provider that takes this long for each message. */
  const slow = (service: () => TestService, ms: number): Channel =>
    channelOf(() => service().clock.sleep(ms));

  test('sends queued messages while it drains', async () => {
    const service: TestService = testService({ PORT: '0', HOST: '127.0.0.1', SHUTDOWN_DRAIN: '5' }, [
      slow(() => service, 1_000),
    ]);
    await service.service.listen();
    for (let i = 0; i < 30; i++)
      await service.post('/otp/request', { user: `user-${i}`, channel: 'webhook' });
    const stopped = service.service.stop();
    await service.clock.advance(5_000);
    await stopped;
    const outcomes = story(service).filter((line) => line.startsWith('otp.deliver'));
    expect(outcomes).toEqual(Array.from({ length: 30 }, () => 'otp.delivered webhook'));
  });

  test('drops the messages that are left after eight more seconds, and logs how many', async () => {
    const service: TestService = testService({ PORT: '0', HOST: '127.0.0.1' }, [slow(() => service, 6_000)]);
    await service.service.listen();
    for (let i = 0; i < 30; i++)
      await service.post('/otp/request', { user: `user-${i}`, channel: 'webhook' });
    const stopped = service.service.stop();
    await service.clock.settle();
    await service.clock.advance(8_000);
    await stopped;
    const lines = story(service);
    expect(lines.filter((line) => line === 'otp.delivered webhook')).toHaveLength(8);
    expect(lines.filter((line) => line === 'otp.delivery_failed webhook shutdown')).toHaveLength(22);
    expect(service.log()).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('dropped'), count: 22 }),
    );
  });

  test('closes its channels', async () => {
    let closed = 0;
    const { service } = testService({}, [
      { name: 'webhook', send: async () => {}, close: () => void closed++ },
    ]);
    await service.stop();
    expect(closed).toBe(1);
  });
});

describe('the inbox and the event stream', () => {
  test('show the channel, the address and the delivery status of a code', async () => {
    const to = 'alice@example.com';
    const fails = channelOf(async () => {
      throw new DeliveryFailure('refused');
    }, 'sms');
    let arrive = () => {};
    const slow = channelOf(() => new Promise((resolve) => (arrive = resolve)), 'email');
    const { post, send, clock, service } = testService({}, [slow, fails]);
    const stream = await service.app.handle(new Request('http://localhost/mock/events'));
    const events = take(frames(stream.body), 5);
    await post('/otp/request', { user: 'alice', channel: 'email', to });
    await post('/otp/request', { user: '+15005550006', channel: 'sms' });
    await post('/otp/request', { user: 'bob' });
    const deliveries = async () => {
      await clock.settle();
      const messages = [(await send('/mock/inbox')).body['messages']].flat();
      return messages.map((message) => {
        const { channel, to, delivery } = Object(message);
        return [channel, to, delivery];
      });
    };
    expect(await deliveries()).toEqual([
      ['none', undefined, 'none'],
      ['sms', '+15005550006', 'failed'],
      ['email', to, 'queued'],
    ]);
    arrive();
    expect((await deliveries()).at(-1)).toEqual(['email', to, 'delivered']);
    await clock.advance(50);
    expect(
      (await events).map(({ data: { type, channel, to, reason } }) => [type, channel, to ?? reason]),
    ).toEqual([
      ['otp.requested', 'email', to],
      ['otp.requested', 'sms', '+15005550006'],
      ['otp.delivery_failed', 'sms', 'refused'],
      ['otp.requested', undefined, undefined],
      ['otp.delivered', 'email', undefined],
    ]);
  });
});
