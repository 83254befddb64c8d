import { describe, expect, test } from 'bun:test';
import { Webhook } from 'standardwebhooks';
import { readConfig } from '../../src/config.ts';
import { DeliveryFailure, type Message, type Sender } from '../../src/delivery/channel.ts';
import { sms } from '../../src/delivery/sms/sms.ts';
import { webhook } from '../../src/delivery/webhook/webhook.ts';
import { endless, httpProvider } from '../support/http-provider.ts';
import { ManualClock } from '../support/manual-clock.ts';

const clock = new ManualClock();
const message: Message = {
  id: 'run-c1',
  user: 'alice',
  purpose: 'login',
  to: '+15005550006',
  code: '042137',
  expiresAt: clock.now() + 300_000,
};
const SECRETS = [1, 2].map((byte) => `whsec_${Buffer.alloc(24, byte).toString('base64')}`);
const signal = new AbortController().signal;

const parts = { serviceName: 'Example', clock, realTime: Date.now };

function smsTo(url: string, env: Record<string, string> = {}): Sender {
  const account = url.replace('://', '://AC0123:token-1@');
  const { config } = readConfig({ OTP_SMS_URL: account, OTP_SMS_FROM: '+15005550001', ...env });
  return sms.open(config, parts);
}

function webhookTo(url: string, realTime = Date.now): Sender {
  const { config } = readConfig({ OTP_WEBHOOK_URL: `${url}/otp`, OTP_WEBHOOK_SECRETS: SECRETS.join(',') });
  return webhook.open(config, { ...parts, realTime });
}

/** Why sending failed; undefined if it did not. */
async function failureOf(channel: Sender): Promise<DeliveryFailure | undefined> {
  return channel.send(message, signal).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof DeliveryFailure) return error;
      throw error;
    },
  );
}

describe('a text message', () => {
  test('is posted in the form that Twilio expects', async () => {
    await using provider = httpProvider();
    await smsTo(provider.url).send(message, signal);
    const [posted] = provider.posted;
    expect(posted?.path).toBe('/2010-04-01/Accounts/AC0123/Messages.json');
    expect(posted?.headers).toMatchObject({
      authorization: `Basic ${btoa('AC0123:token-1')}`,
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(Object.fromEntries(new URLSearchParams(posted?.body))).toEqual({
      To: '+15005550006',
      From: '+15005550001',
      Body: '042137 is your code for Example. It expires in 5 minutes.',
    });
  });

  test('is posted below the path in the provider’s URL', async () => {
    await using provider = httpProvider();
    const channel = smsTo(`${provider.url}/sms/`);
    await channel.send(message, signal);
    channel.close();
    expect(provider.posted[0]?.path).toBe('/sms/2010-04-01/Accounts/AC0123/Messages.json');
  });

  test('ends in the line that lets a phone fill in the code at the site', async () => {
    await using provider = httpProvider();
    await smsTo(provider.url, { OTP_ORIGIN: 'https://example.com' }).send(message, signal);
    const body = new URLSearchParams(provider.posted[0]?.body).get('Body');
    expect(body).toEndWith('5 minutes.\n\n@example.com #042137');
  });
});

describe('a webhook', () => {
  test('has a signature for each secret that the reference library accepts', async () => {
    await using provider = httpProvider();
    await webhookTo(provider.url).send(message, signal);
    const [posted] = provider.posted;
    expect(posted?.headers['webhook-id']).toBe('run-c1');
    for (const secret of SECRETS) {
      expect(new Webhook(secret).verify(posted?.body ?? '', posted?.headers ?? {})).toEqual({
        type: 'otp.requested',
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        data: {
          id: 'run-c1',
          user: 'alice',
          purpose: 'login',
          to: '+15005550006',
          code: '042137',
          expiresAt: new Date(message.expiresAt).toISOString(),
        },
      });
    }
    expect(() =>
      new Webhook(`whsec_${btoa('another secret, 24 bytes')}`).verify(
        posted?.body ?? '',
        posted?.headers ?? {},
      ),
    ).toThrow();
    expect(() => new Webhook(SECRETS[0] ?? '').verify(`${posted?.body} `, posted?.headers ?? {})).toThrow();
  });

  test('has one id on every attempt, and the real time of that attempt', async () => {
    await using provider = httpProvider();
    let now = 1_700_000_000_000;
    const channel = webhookTo(provider.url, () => now);
    await channel.send(message, signal);
    now += 20_000;
    await channel.send(message, signal);
    expect(
      provider.posted.map(({ headers }) => [headers['webhook-id'], headers['webhook-timestamp']]),
    ).toEqual([
      ['run-c1', '1700000000'],
      ['run-c1', '1700000020'],
    ]);
  });
});

describe('a provider’s answer', () => {
  const answers: [
    status: number,
    reason: DeliveryFailure['reason'] | undefined,
    temporary: boolean | undefined,
  ][] = [
    [200, undefined, undefined],
    [201, undefined, undefined],
    [204, undefined, undefined],
    [400, 'refused', false],
    [401, 'refused', false],
    [404, 'refused', false],
    [408, 'refused', false],
    [429, 'busy', true],
    [500, 'provider_error', true],
    [503, 'provider_error', true],
  ];
  test.each(answers)('%d means %s', async (status, reason, temporary) => {
    await using provider = httpProvider(
      () => new Response(status === 204 ? null : 'code 042137?', { status }),
    );
    for (const channel of [smsTo(provider.url), webhookTo(provider.url)]) {
      const failure = await failureOf(channel);
      expect([failure?.reason, failure?.temporary]).toEqual([reason, temporary]);
      expect(Bun.inspect(failure)).not.toContain('042137');
    }
  });

  test('410 means that a webhook is gone, and that a provider of text messages refuses this one', async () => {
    await using provider = httpProvider(() => new Response(null, { status: 410 }));
    expect((await failureOf(webhookTo(provider.url)))?.reason).toBe('gone');
    expect((await failureOf(smsTo(provider.url)))?.reason).toBe('refused');
  });

  test.each([301, 302, 303, 307, 308])('%d is refused, and the redirect is not followed', async (status) => {
    await using provider = httpProvider(
      () => new Response(null, { status, headers: { location: '/elsewhere' } }),
    );
    for (const channel of [smsTo(provider.url), webhookTo(provider.url)])
      expect((await failureOf(channel))?.reason).toBe('refused');
    expect(provider.posted.map(({ path }) => path)).not.toContain('/elsewhere');
    expect(provider.posted).toHaveLength(2);
  });

  test.each([
    ['120', undefined, 120_000],
    ['0', undefined, undefined],
    ['Sun, 22 Nov 2026 15:00:30 GMT', 'Sun, 22 Nov 2026 15:00:00 GMT', 30_000],
    ['Sun, 22 Nov 2026 14:00:00 GMT', 'Sun, 22 Nov 2026 15:00:00 GMT', undefined],
    ['99999999999999999999', undefined, 3_600_000],
    ['soon', undefined, undefined],
    ['-5', undefined, undefined],
  ])('429 with Retry-After %j and Date %j asks for a pause of %p ms', async (retryAfter, date, pauseMs) => {
    const headers = { 'retry-after': retryAfter, ...(date !== undefined && { date }) };
    await using provider = httpProvider(() => new Response(null, { status: 429, headers }));
    const failure = await failureOf(webhookTo(provider.url));
    expect(failure).toMatchObject({ reason: 'busy', temporary: true });
    expect(failure?.pauseMs).toBe(pauseMs);
  });

  test('counts by its status: a body that never ends is not read', async () => {
    await using provider = httpProvider((number) => endless(number === 1 ? 201 : 500));
    const before = process.memoryUsage.rss();
    expect(await failureOf(smsTo(provider.url))).toBeUndefined();
    expect((await failureOf(smsTo(provider.url)))?.reason).toBe('provider_error');
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 2 ** 20);
  });

  test('is not awaited once the signal aborts', async () => {
    await using provider = httpProvider(() => new Promise(() => {}));
    const given = new AbortController();
    const sent = smsTo(provider.url).send(message, given.signal);
    await provider.got(1);
    given.abort();
    await expect(sent).rejects.toMatchObject({ reason: 'unreachable' });
  });

  test('is missing if no server listens: a temporary failure, and the error does not have the token', async () => {
    const { url, [Symbol.asyncDispose]: stop } = httpProvider();
    await stop();
    const failure = await failureOf(smsTo(url));
    expect(failure).toMatchObject({ reason: 'unreachable', temporary: true });
    expect(Bun.inspect(failure)).not.toContain('token-1');
  });
});
