import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { RedisServer } from '../support/redis-server.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';

/** Providers' APIs over two replicas: what one answered, the other knows. */

let redis: RedisServer;
let replicas: Replicas;
beforeAll(async () => {
  redis = await RedisServer.start();
  replicas = await startReplicas(2, redis.url);
});
afterAll(async () => {
  await replicas[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

const VERIFY = `/twilio/v2/Services/VA${'b'.repeat(32)}`;

const call = (to: number, method: string, path: string, body?: string, type = 'x-www-form-urlencoded') =>
  replicas.send(
    path,
    {
      method,
      headers: { authorization: `Basic ${btoa('user:token')}`, 'content-type': `application/${type}` },
      ...(body !== undefined && { body }),
    },
    to,
  );
const form = (to: number, path: string, fields: Record<string, string>) =>
  call(to, 'POST', `${VERIFY}/${path}`, new URLSearchParams(fields).toString());

async function messagesOf(user: string, at: number) {
  const { body } = await replicas.send(`/mock/inbox?user=${encodeURIComponent(user)}`, {}, at);
  return body['messages'] as { code: string; channel: string; state: string; sends: object[] }[];
}

describe('over two replicas', () => {
  test('a Twilio verification starts at one, is sent again at the other, and is checked, read and ended at either', async () => {
    const To = '+15017122661';
    const first = await form(0, 'Verifications', { To, Channel: 'sms' });
    const again = await form(1, 'Verifications', { To, Channel: 'call' });
    expect(again.body['sid']).toBe(first.body['sid']);
    expect(again.body['send_code_attempts']).toHaveLength(2);
    expect((await form(0, 'Verifications', { To, Channel: 'sms' })).body['send_code_attempts']).toHaveLength(
      3,
    );
    const [message] = await messagesOf(To, 1);
    expect(message?.sends).toHaveLength(3);
    const read = await call(1, 'GET', `${VERIFY}/Verifications/${first.body['sid']}`);
    expect(read).toMatchObject({ status: 200, body: { status: 'pending', channel: 'sms' } });
    const approved = await form(1, 'VerificationCheck', { To, Code: message?.code ?? '' });
    expect(approved).toMatchObject({ status: 200, body: { status: 'approved' } });
    expect((await call(0, 'GET', `${VERIFY}/Verifications/${To}`)).status).toBe(404);
  });

  test('five checks are taken in all, wherever they come', async () => {
    const To = '+15017122662';
    await form(0, 'Verifications', { To, Channel: 'sms' });
    const [message] = await messagesOf(To, 0);
    const wrong = message?.code === '000000' ? '111111' : '000000';
    for (let i = 0; i < 5; i++)
      expect(await form(i % 2, 'VerificationCheck', { To, Code: wrong })).toMatchObject({ status: 200 });
    for (const at of [0, 1])
      expect(await form(at, 'VerificationCheck', { To, Code: message?.code ?? '' })).toMatchObject({
        status: 429,
      });
    expect(await call(1, 'GET', `${VERIFY}/Verifications/${To}`)).toMatchObject({
      body: { status: 'max_attempts_reached' },
    });
  });

  test('a Vonage workflow goes on at whichever replica notices the end of a step, once', async () => {
    const workflow = [
      { channel: 'sms', to: '447700900000' },
      { channel: 'voice', to: '447700900000' },
    ];
    const start = (to: number) =>
      call(
        to,
        'POST',
        '/vonage/v2/verify',
        JSON.stringify({ brand: 'ACME', workflow, channel_timeout: 60 }),
        'json',
      );
    const { body } = await start(0);
    expect(await start(1)).toMatchObject({ status: 409, body: { request_id: body['request_id'] } });
    await replicas.post('/mock/clock', { advance: 61 }, 1);
    const next = '/mock/inbox/wait?user=%2B447700900000&timeout=5';
    const waited = await replicas.send(next, {}, 0);
    expect(waited.body).toMatchObject({ channel: 'voice', state: 'pending' });
    const messages = await messagesOf('+447700900000', 0);
    expect(messages.map(({ channel, state }) => `${channel} ${state}`)).toEqual([
      'voice pending',
      'sms expired',
    ]);
    const guess = JSON.stringify({ code: waited.body['code'] });
    const checked = await call(1, 'POST', `/vonage/v2/verify/${body['request_id']}`, guess, 'json');
    expect(checked).toMatchObject({ status: 200, body: { status: 'completed' } });
  });

  test("a Twilio service that one made has its settings at the other, and a text is in both's inbox", async () => {
    const made = await call(0, 'POST', '/twilio/v2/Services', 'FriendlyName=My+App&CodeLength=8');
    const read = await call(1, 'GET', `/twilio/v2/Services/${made.body['sid']}`);
    expect(read.body).toEqual(made.body);
    const fields = new URLSearchParams({
      To: '+15017122663',
      From: '+15005550006',
      Body: 'Your code is 4711',
    });
    const sent = await call(1, 'POST', '/twilio/2010-04-01/Accounts/AC1/Messages.json', fields.toString());
    expect(await messagesOf('+15017122663', 0)).toMatchObject([{ code: '4711', state: 'sent' }]);
    const path = `/twilio/2010-04-01/Accounts/AC1/Messages/${sent.body['sid']}.json`;
    expect((await call(0, 'GET', path)).body).toEqual(sent.body);
  });
});
