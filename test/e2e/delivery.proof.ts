import { describe, expect, test } from 'bun:test';
import { readConfig } from '../../src/config.ts';
import { openChannels } from '../../src/delivery/channels.ts';
import { startQueue } from '../support/delivery.ts';
import { endless, httpProvider } from '../support/http-provider.ts';
import { mailCatcher } from '../support/mail-catcher.ts';
import { listening } from '../support/process.ts';
import { fastClock } from './fast-clock.ts';

/** Time runs ten times as fast, so that an outage of a minute takes six seconds. */
const TIMES = 10;
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const ok = () => new Response(null, { status: 200 });

/** A queue in front of the real channel that these settings configure, in fast time. */
function fast(env: Record<string, string>, times = TIMES) {
  const clock = fastClock(times);
  const start = clock.monotonic();
  const [channel] = openChannels(readConfig(env).config, {
    serviceName: 'Example',
    clock,
    realTime: Date.now,
  });
  if (channel === undefined) throw new Error('no channel is configured');
  const queued = startQueue<typeof clock>(channel, clock);
  return {
    ...queued,
    channel,
    clock,
    /** Seconds of fast time since the start. */
    seconds: () => (clock.monotonic() - start) / 1_000,
    /** Resolves to the outcome of each message once the queue is empty. */
    outcomes: async () => {
      while (queued.queue.size > 0) await Bun.sleep(5);
      return queued.outcomes;
    },
  };
}

function fastWebhook(url: string, times?: number) {
  return fast({ OTP_WEBHOOK_URL: url, OTP_WEBHOOK_SECRETS: SECRET }, times);
}

describe('an HTTP provider', () => {
  test('gets every message exactly once after it was down for a minute', async () => {
    const first = httpProvider();
    await first[Symbol.asyncDispose]();
    const { add, outcomes, seconds } = fastWebhook(first.url);
    const ids = Array.from({ length: 50 }, (_, i) => `c${i}`);
    for (const id of ids) add(id);
    while (seconds() < 60) await Bun.sleep(20);
    await using provider = httpProvider(ok, first.port);
    expect(await outcomes()).toEqual(Object.fromEntries(ids.map((id) => [id, ['sent']])));
    expect(provider.posted.map(({ headers }) => headers['webhook-id']).sort()).toEqual(ids.sort());
  }, 120_000);

  test('gets a message again if it does not answer within ten seconds', async () => {
    await using provider = httpProvider((number) => (number === 1 ? new Promise(() => {}) : ok()));
    const { add, outcomes, seconds } = fastWebhook(provider.url);
    add('c1');
    expect(await outcomes()).toEqual({ c1: ['sent'] });
    expect(seconds()).toBeGreaterThanOrEqual(10.5);
    expect(provider.posted).toHaveLength(2);
  });

  test('gets no retry before the Retry-After of its 429 has passed', async () => {
    const headers = { 'retry-after': '20' };
    await using provider = httpProvider((number) =>
      number === 1 ? new Response(null, { status: 429, headers }) : ok(),
    );
    const { add, outcomes, seconds } = fastWebhook(provider.url);
    add('c1');
    expect(await outcomes()).toEqual({ c1: ['sent'] });
    expect(seconds()).toBeGreaterThanOrEqual(20);
    expect(provider.posted).toHaveLength(2);
  });

  test('gets no more messages after it answers 410', async () => {
    await using provider = httpProvider(() => new Response(null, { status: 410 }));
    const { add, outcomes, queue } = fastWebhook(provider.url);
    for (let i = 0; i < 20; i++) add(`c${i}`);
    expect(Object.values(await outcomes())).toEqual(Array.from({ length: 20 }, () => ['gone']));
    expect(provider.posted.length).toBeLessThanOrEqual(8);
    expect(await queue.withRoom(async () => 'made')).toBeUndefined();
  });

  test('gets the retries of a message under the same id', async () => {
    await using provider = httpProvider((number) =>
      number <= 2 ? new Response(null, { status: 500 }) : ok(),
    );
    const { add, outcomes } = fastWebhook(provider.url);
    add('c1');
    expect(await outcomes()).toEqual({ c1: ['sent'] });
    expect(provider.posted.map(({ headers }) => headers['webhook-id'])).toEqual(['c1', 'c1', 'c1']);
  });

  test('costs neither memory nor time if the bodies of its 1,000 responses never end', async () => {
    await using provider = httpProvider((number) => endless(number % 2 === 0 ? 200 : 400));
    const { add, outcomes } = fastWebhook(provider.url, 1);
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 1_000; i++) add(`c${i}`);
    const counts = Object.groupBy(Object.values(await outcomes()).flat(), (outcome) => outcome);
    expect([counts['sent']?.length, counts['refused']?.length]).toEqual([500, 500]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(256 * 2 ** 20);
  }, 120_000);
});

test('a mail server that crashes in the middle of sessions gets every mail after its restart', async () => {
  let begun = 0;
  const died = Promise.withResolvers<void>();
  const first = await mailCatcher({
    onData: () => {
      begun++;
      if (begun === 3) first.die().then(died.resolve);
    },
  });
  const { add, outcomes, channel, seconds } = fast({
    OTP_SMTP_URL: `smtp://127.0.0.1:${first.port}?tls.rejectUnauthorized=false`,
    OTP_MAIL_FROM: 'otp@example.com',
  });
  const ids = Array.from({ length: 20 }, (_, i) => `c${i}`);
  for (const id of ids) add(id, { to: `${id}@example.com` });
  await died.promise;
  while (seconds() < 20) await Bun.sleep(20);
  await using second = await mailCatcher({}, first.port);
  expect(await outcomes()).toEqual(Object.fromEntries(ids.map((id) => [id, ['sent']])));
  expect(second.mails.map(({ recipients }) => recipients.join()).sort()).toEqual(
    ids.map((id) => `${id}@example.com`).sort(),
  );
  channel.close();
}, 120_000);

test('10,000 codes queued for a provider that takes 50 a second delay no request, take little memory, and are never sent after they expire', async () => {
  const open = Promise.withResolvers<void>();
  let turn = 0;
  await using provider = httpProvider(async () => {
    await open.promise;
    const now = performance.now();
    turn = Math.max(turn, now) + 20;
    await Bun.sleep(turn - now);
    return ok();
  });
  using service = await listening({ OTP_WEBHOOK_URL: provider.url, OTP_WEBHOOK_SECRETS: SECRET });
  const { url, child, line } = service;
  const counts: Record<string, number> = {};
  const reading = (async () => {
    for (let it = await line(); it !== undefined; it = await line()) {
      const name = [it['message'], it['reason']].filter(Boolean).join(' ');
      counts[name] = (counts[name] ?? 0) + Number(it['count'] ?? 1);
    }
  })();
  const megabytes = async () => {
    const status = await Bun.file(`/proc/${child.pid}/status`).text();
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
  };
  const statuses: Record<number, number> = {};
  const flood = async (count: number, fields: object) => {
    for (let i = 0; i < count; i += 50)
      await Promise.all(
        Array.from({ length: Math.min(50, count - i) }, async (_, j) => {
          const { status } = await fetch(`${url}/otp/request`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ user: `user-${i + j}`, ...fields }),
          });
          statuses[status] = (statuses[status] ?? 0) + 1;
        }),
      );
    // Catch up with the log: the service drops lines that wait for too long.
    while (counts['otp.requested'] !== statuses[200]) await Bun.sleep(5);
  };

  await flood(10_000, {});
  const alone = await megabytes();
  // The provider has not answered yet, so a request that waited for it would still be waiting.
  await flood(10_000, { channel: 'webhook' });
  await flood(100, { purpose: 'more', channel: 'webhook' });
  expect(statuses).toEqual({ 200: 20_000, 503: 100 });
  const grown = (await megabytes()) - alone;
  expect(grown).toBeLessThan(128);

  open.resolve();
  while ((counts['otp.delivered'] ?? 0) < 300) await Bun.sleep(50);
  // The codes that still wait for the provider expire now.
  await fetch(`${url}/mock/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advance: 300 }),
  });
  const ended = () => (counts['otp.delivered'] ?? 0) + (counts['otp.delivery_failed expired'] ?? 0);
  while (ended() < 10_000) await Bun.sleep(50);
  expect(counts).toMatchObject({ 'otp.requested': 20_000 });
  const delivered = counts['otp.delivered'] ?? 0;
  expect(provider.posted.length).toBeWithin(delivered, delivered + 9);
  for (const { body } of provider.posted) {
    const { timestamp, data } = JSON.parse(body);
    expect(Date.parse(timestamp)).toBeLessThanOrEqual(Date.parse(data.expiresAt));
  }
  await Bun.sleep(2_000);
  expect(provider.posted.length).toBeWithin(delivered, delivered + 9);
  console.log(
    JSON.stringify({ delivered, expired: counts['otp.delivery_failed expired'], grownMB: Math.round(grown) }),
  );
  child.kill('SIGTERM');
  await reading;
}, 300_000);

test('in a login by e-mail in strict mode, the code is in the mail and nowhere else', async () => {
  await using catcher = await mailCatcher({
    authOptional: false,
    onAuth: ({ username, password }, _, done) =>
      password === 'mail-password' ? done(null, { user: username ?? '' }) : done(new Error('no')),
  });
  const key = 'k'.repeat(32);
  using service = await listening({
    OTP_MODE: 'strict',
    OTP_API_KEYS: key,
    OTP_METRICS_KEYS: 'm'.repeat(32),
    OTP_LENGTH: '10',
    OTP_SERVICE_NAME: 'Example',
    OTP_SMTP_URL: `smtp://otp:mail-password@127.0.0.1:${catcher.port}?tls.rejectUnauthorized=false`,
    OTP_MAIL_FROM: 'otp@example.com',
  });
  const { url, child, line, stderr } = service;
  const said: string[] = [];
  const call = async (path: string, body: object) => {
    const answer = await fetch(`${url}/otp/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    said.push(text, JSON.stringify([...answer.headers]));
    return { status: answer.status, body: JSON.parse(text) };
  };

  const user = 'alice@example.com';
  expect(await call('request', { user })).toMatchObject({ status: 200, body: { delivery: 'queued' } });
  const [mail] = await catcher.caught(1);
  expect(mail).toMatchObject({ recipients: [user], encrypted: true, account: 'otp' });
  const code = /\b\d{10}\b/.exec(mail?.text ?? '')?.[0] ?? '';
  expect(code).toHaveLength(10);

  const wrong = (code.startsWith('0') ? '1' : '0') + code.slice(1);
  expect(await call('verify', { user, code: wrong })).toMatchObject({ status: 401 });
  expect(await call('verify', { user, code })).toMatchObject({ status: 200 });
  expect(await call('verify', { user, code })).toMatchObject({ status: 401 });

  child.kill('SIGTERM');
  const messages: unknown[] = [];
  for (let it = await line(); it !== undefined; it = await line()) {
    messages.push(it['message']);
    said.push(JSON.stringify(it));
  }
  expect(await child.exited).toBe(0);
  said.push(await stderr());
  expect(messages).toContain('otp.delivered');
  for (const secret of [code, 'mail-password', key]) expect(said.join('\n')).not.toContain(secret);
  expect(catcher.mails).toHaveLength(1);
}, 120_000);
