/**
 * Drives the official SDKs as an application does, against the service at OTP_MOCK_URL, and prints what they answer: a
 * line of JSON for each SDK, with its steps in turn. With `--by-option` the application names the service to each SDK;
 * without, something else must send the calls there.
 */
import { generateKeyPairSync } from 'node:crypto';
import { Prelude } from '@prelude.so/sdk';
import { Auth } from '@vonage/auth';
import { Verify2 } from '@vonage/verify2';
import twilio4 from 'twilio4';
import twilio5 from 'twilio5';
import twilio6 from 'twilio6';

const base = process.env.OTP_MOCK_URL;
const byOption = process.argv.includes('--by-option');

/** Calls the test levers. */
async function mock(method, path, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${base}/mock${path}`, {
    method,
    ...(body && { headers, body: JSON.stringify(body) }),
  });
  return response.json();
}

/** The digits of a user's newest message, and digits that are not. */
async function codeOf(user) {
  const { messages } = await mock('GET', `/inbox?user=${encodeURIComponent(user)}&limit=1`);
  return messages[0].code;
}
async function wrongCode(user) {
  return (await codeOf(user)) === '000000' ? '111111' : '000000';
}
const pass = (seconds) => mock('POST', '/clock', { advance: seconds });

/** What a call came to. @param ofError makes words of an error */
async function outcome(call, ofError) {
  try {
    return await call();
  } catch (error) {
    return ofError(error);
  }
}

async function twilioSteps(twilio, number) {
  const client = twilio(`AC${'a'.repeat(32)}`, 'token');
  if (byOption) for (const domain of [client.verify, client.api]) domain.baseUrl = `${base}/twilio`;
  const service = client.verify.v2.services(`VA${'b'.repeat(32)}`);
  const to = `+1501712266${number}`;
  const said = (call) => outcome(call, ({ status, code }) => `${status} ${code}`);
  const start = (channel = 'sms') => service.verifications.create({ to, channel });
  const check = (code) =>
    said(async () => {
      const { status, valid } = await service.verificationChecks.create({ to, code });
      return `${status} ${valid}`;
    });
  const steps = {};

  const first = await start();
  steps.start = `${first.status} ${first.sendCodeAttempts.length}`;
  steps.dates = first.dateCreated instanceof Date && !Number.isNaN(first.dateCreated.getTime());
  const again = await start('call');
  steps.resend = `${again.sid === first.sid} ${again.channel} ${again.sendCodeAttempts.length}`;
  steps.wrong = [];
  for (let i = 0; i < 5; i++) steps.wrong.push(await check(await wrongCode(to)));
  steps.sixth = await check(await codeOf(to));
  steps.readAfter = await said(async () => (await service.verifications(first.sid).fetch()).status);
  await pass(600);
  steps.expired = await check(await codeOf(to));
  await start();
  const right = await codeOf(to);
  steps.right = await check(right);
  steps.rightAgain = await check(right);
  const third = await start();
  steps.cancel = await said(
    async () => (await service.verifications(third.sid).update({ status: 'canceled' })).status,
  );
  steps.readByNumber = await said(async () => (await service.verifications(to).fetch()).status);
  await mock('PUT', '/faults', [{ on: 'request', user: to, provider: 'twilio', error: 60203, times: 1 }]);
  steps.fault = await said(start);
  await mock('PUT', '/codes', [{ user: to, code: '424242' }]);
  await start();
  steps.fixed = await check('424242');
  const text = await client.messages.create({ to, from: '+15005550006', body: 'Your code is 4711 — ok?' });
  steps.text = `${(await client.messages(text.sid).fetch()).body} ${await codeOf(to)}`;
  const made = await client.verify.v2.services.create({ friendlyName: 'My App', codeLength: 8 });
  const to8 = `+1501712267${number}`;
  await client.verify.v2.services(made.sid).verifications.create({ to: to8, channel: 'sms' });
  steps.eightDigits = /^\d{8}$/.test(await codeOf(to8));
  return steps;
}

async function vonageSteps() {
  const key = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const auth = new Auth({
    applicationId: '11111111-1111-4111-8111-111111111111',
    privateKey: key.privateKey,
  });
  const verify = new Verify2(auth, byOption ? { apiHost: `${base}/vonage` } : {});
  const user = '+447700900000';
  const workflow = [
    { channel: 'sms', to: '447700900000' },
    { channel: 'voice', to: '447700900000' },
  ];
  const said = (call) => outcome(call, ({ response }) => response.status);
  const start = () => verify.newRequest({ brand: 'ACME', channelTimeout: 60, workflow });
  const steps = {};

  const first = await start();
  steps.start = typeof first.requestId;
  steps.concurrent = await said(start);
  const code = await codeOf(user);
  await pass(61);
  const { messages } = await mock('GET', `/inbox?user=${encodeURIComponent(user)}&limit=1`);
  steps.nextByClock = `${messages[0].channel} ${messages[0].code === code}`;
  steps.wrong = await said(async () => verify.checkCode(first.requestId, await wrongCode(user)));
  steps.right = await said(async () => verify.checkCode(first.requestId, code));
  steps.rightAgain = await said(() => verify.checkCode(first.requestId, code));
  const second = await start();
  steps.next = await verify.nextWorkflow(second.requestId);
  steps.noNext = await verify.nextWorkflow(second.requestId);
  steps.tooMany = [];
  for (let i = 0; i < 3; i++)
    steps.tooMany.push(await said(async () => verify.checkCode(second.requestId, await wrongCode(user))));
  const third = await start();
  steps.cancel = await verify.cancel(third.requestId);
  steps.cancelAgain = await verify.cancel(third.requestId);
  const fourth = await start();
  const last = await codeOf(user);
  await pass(121);
  steps.expired = await said(() => verify.checkCode(fourth.requestId, last));
  await mock('PUT', '/faults', [{ on: 'request', provider: 'vonage', error: 'rate-limit', times: 1 }]);
  steps.fault = await said(start);
  await mock('PUT', '/codes', [{ user, code: '424242' }]);
  const fifth = await start();
  steps.fixed = await said(() => verify.checkCode(fifth.requestId, '424242'));
  return steps;
}

async function preludeSteps() {
  const prelude = new Prelude({
    apiToken: 'token',
    maxRetries: 0,
    ...(byOption && { baseURL: `${base}/prelude` }),
  });
  const user = '+30123456789';
  const target = { type: 'phone_number', value: user };
  const said = (call) => outcome(call, ({ status }) => status);
  const start = () => said(async () => (await prelude.verification.create({ target })).status);
  const check = (code) => said(async () => (await prelude.verification.check({ target, code })).status);
  const steps = {};

  const first = await prelude.verification.create({ target });
  steps.start = first.status;
  const again = await prelude.verification.create({ target });
  steps.resend = `${again.status} ${again.id === first.id}`;
  steps.wrong = [];
  for (let i = 0; i < 5; i++) steps.wrong.push(await check(await wrongCode(user)));
  steps.sixth = await check(await codeOf(user));
  await pass(600);
  steps.expired = await check(await codeOf(user));
  await start();
  const right = await codeOf(user);
  steps.right = await check(right);
  steps.rightAgain = await check(right);
  await mock('PUT', '/faults', [
    { on: 'request', provider: 'prelude', error: 'invalid_phone_number', times: 1 },
  ]);
  steps.fault = await start();
  await mock('PUT', '/codes', [{ user, code: '424242' }]);
  await start();
  steps.fixed = await check('424242');
  return steps;
}

for (const [sdk, steps] of [
  ['twilio 4', () => twilioSteps(twilio4, 4)],
  ['twilio 5', () => twilioSteps(twilio5, 5)],
  ['twilio 6', () => twilioSteps(twilio6, 6)],
  ['vonage', vonageSteps],
  ['prelude', preludeSteps],
]) {
  console.log(JSON.stringify({ sdk, steps: await steps() }));
  await mock('POST', '/reset');
}
