import { describe, expect, test } from 'bun:test';
import { providerRig } from './api.ts';

const SERVICE = `VA${'b'.repeat(32)}`;
const VERIFY = `/twilio/v2/Services/${SERVICE}`;
const MESSAGES = `/twilio/2010-04-01/Accounts/AC${'a'.repeat(32)}/Messages`;
const TO = '+15017122661';

function twilioRig(env: Record<string, string> = {}) {
  const rig = providerRig(env);
  const start = (fields: Record<string, string> = {}, service = VERIFY) =>
    rig.form(`${service}/Verifications`, { To: TO, Channel: 'sms', ...fields });
  const check = (Code: string, fields: Record<string, string> = { To: TO }) =>
    rig.form(`${VERIFY}/VerificationCheck`, { ...fields, Code });
  const codeOf = async (user = TO) => String((await rig.message(user))['code']);
  return {
    ...rig,
    start,
    check,
    codeOf,
    checkRight: async () => check(await codeOf()),
    checkWrong: async () => check(((Number(await codeOf()) + 1) % 1_000_000).toString().padStart(6, '0')),
    read: (named = TO) => rig.get(`${VERIFY}/Verifications/${named}`),
    end: (Status: string, named = TO) => rig.form(`${VERIFY}/Verifications/${named}`, { Status }),
  };
}

const gone = { status: 404, body: { code: 20404, status: 404 } };
const pending = { status: 200, body: { status: 'pending', valid: false } };
const tooManyChecks = { status: 429, body: { code: 60202, message: 'Max check attempts reached' } };
const tooManySends = { status: 429, body: { code: 60203, message: 'Max send attempts reached' } };

describe('a Twilio verification', () => {
  test('is answered with every key that clients read, and without the code', async () => {
    const { start, codeOf } = twilioRig();
    const { status, body, text } = await start();
    expect(status).toBe(201);
    expect(body).toEqual({
      sid: expect.stringMatching(/^VE[0-9a-f]{32}$/),
      service_sid: SERVICE,
      account_sid: `AC${'a'.repeat(32)}`,
      to: TO,
      channel: 'sms',
      status: 'pending',
      valid: false,
      lookup: {},
      amount: null,
      payee: null,
      send_code_attempts: [
        {
          time: '2026-01-01T00:00:00Z',
          channel: 'SMS',
          attempt_sid: expect.stringMatching(/^VL[0-9a-f]{32}$/),
        },
      ],
      sna: null,
      date_created: '2026-01-01T00:00:00Z',
      date_updated: '2026-01-01T00:00:00Z',
      url: `https://verify.twilio.com/v2/Services/${SERVICE}/Verifications/${body['sid']}`,
    });
    expect(text).not.toContain(await codeOf());
  });

  test('is in the inbox as the user would get it', async () => {
    const { start, message } = twilioRig();
    await start();
    const { code, ...rest } = await message(TO);
    expect(rest).toMatchObject({
      user: TO,
      purpose: `twilio:${SERVICE}`,
      provider: 'twilio',
      channel: 'sms',
      to: TO,
      text: `Your Mock verification code is: ${code}`,
      expiresAt: '2026-01-01T00:10:00.000Z',
    });
  });

  test('approves the right code, once', async () => {
    const { start, read, codeOf, check } = twilioRig();
    const { body } = await start();
    const code = await codeOf();
    const approved = await check(code);
    expect(approved.status).toBe(200);
    expect(approved.body).toEqual({
      sid: body['sid'],
      service_sid: SERVICE,
      account_sid: `AC${'a'.repeat(32)}`,
      to: TO,
      channel: 'sms',
      status: 'approved',
      valid: true,
      amount: null,
      payee: null,
      sna_attempts_error_codes: [],
      date_created: '2026-01-01T00:00:00Z',
      date_updated: '2026-01-01T00:00:00Z',
    });
    expect(await check(code)).toMatchObject(gone);
    expect(await read(String(body['sid']))).toMatchObject(gone);
    expect((await start()).body['sid']).not.toBe(body['sid']);
  });

  test('takes five wrong codes, and refuses the sixth check, right or wrong, until it expires', async () => {
    const { start, read, checkRight, checkWrong, pass } = twilioRig();
    const { body } = await start();
    for (let i = 0; i < 5; i++) expect(await checkWrong()).toMatchObject(pending);
    expect(await read()).toMatchObject(pending);
    expect(await checkRight()).toMatchObject(tooManyChecks);
    expect(await read()).toMatchObject({
      status: 200,
      body: { status: 'max_attempts_reached', valid: false },
    });
    expect(await checkWrong()).toMatchObject(tooManyChecks);
    expect(await start()).toMatchObject(tooManyChecks);
    await pass(600);
    expect(await checkRight()).toMatchObject(gone);
    expect(await read(String(body['sid']))).toMatchObject(gone);
    expect((await start()).body['sid']).not.toBe(body['sid']);
    expect(await checkRight()).toMatchObject({ body: { status: 'approved' } });
  });

  test('is sent five times with the same code, without more time, and the code still works after the sixth', async () => {
    const { start, codeOf, checkRight, read, pass } = twilioRig();
    const { body } = await start();
    const code = await codeOf();
    const channels = ['call', 'whatsapp', 'sms', 'sms'];
    for (const [i, Channel] of channels.entries()) {
      await pass(60);
      const again = await start({ Channel });
      expect(again).toMatchObject({ status: 201, body: { sid: body['sid'], channel: Channel } });
      expect(again.body['send_code_attempts']).toHaveLength(i + 2);
      expect(await codeOf()).toBe(code);
    }
    expect(await start()).toMatchObject(tooManySends);
    expect(await read()).toMatchObject({ body: { status: 'pending' } });
    const sent = (await read()).body['send_code_attempts'];
    expect((sent as { channel: string }[]).map(({ channel }) => channel)).toEqual([
      'SMS',
      'CALL',
      'WHATSAPP',
      'SMS',
      'SMS',
    ]);
    await pass(359);
    expect(await checkRight()).toMatchObject({ body: { status: 'approved' } });
  });

  test('expires after ten minutes, also after it was sent again', async () => {
    const { start, checkRight, read, pass } = twilioRig();
    const { body } = await start();
    await pass(599);
    await start();
    await pass(1);
    expect(await checkRight()).toMatchObject(gone);
    expect(await read(String(body['sid']))).toMatchObject(gone);
    expect(await read()).toMatchObject(gone);
  });

  test('can be canceled, is read as that until its ten minutes are over, and gives room for a new one', async () => {
    const { start, end, read, checkRight, pass } = twilioRig();
    const { body } = await start();
    expect(await end('canceled')).toMatchObject({ status: 200, body: { status: 'canceled', valid: false } });
    expect(await read(String(body['sid']))).toMatchObject({ status: 200, body: { status: 'canceled' } });
    expect(await checkRight()).toMatchObject(gone);
    expect(await end('canceled')).toMatchObject(gone);
    expect((await start()).body['sid']).not.toBe(body['sid']);
    await pass(600);
    expect(await read(String(body['sid']))).toMatchObject(gone);
  });

  test('can be approved without its code', async () => {
    const { start, end, read, checkRight } = twilioRig();
    const { body } = await start();
    const sid = String(body['sid']);
    expect(await end('approved', sid)).toMatchObject({
      status: 200,
      body: { status: 'approved', valid: true },
    });
    expect(await checkRight()).toMatchObject(gone);
    expect(await read(sid)).toMatchObject(gone);
    expect(await end('approved', sid)).toMatchObject(gone);
  });

  test('that is over is not approved again, and approves no other, even if both have one code', async () => {
    const { start, check, end, post, read } = twilioRig();
    await post('/mock/codes', [{ user: TO, code: '042137' }], {}, 'PUT');
    const { body: first } = await start();
    expect(await check('042137')).toMatchObject({ body: { status: 'approved' } });
    const { body: second } = await start();
    expect(await end('approved', String(first['sid']))).toMatchObject(gone);
    expect(await read(String(second['sid']))).toMatchObject(pending);
  });

  test('is found by its SID and by its recipient, with a plus sign or its code in the path', async () => {
    const { start, read, check, codeOf } = twilioRig();
    const sid = String((await start()).body['sid']);
    for (const named of [sid, TO, encodeURIComponent(TO)])
      expect(await read(named)).toMatchObject({ status: 200, body: { sid, status: 'pending' } });
    const approved = { body: { status: 'approved' } };
    expect(await check(await codeOf(), { VerificationSid: sid })).toMatchObject(approved);
  });

  test('belongs to its service alone, and /otp does not meet it', async () => {
    const { start, form, post, codeOf } = twilioRig();
    await start();
    const other = `/twilio/v2/Services/VA${'c'.repeat(32)}`;
    const guess = { To: TO, Code: await codeOf() };
    expect(await form(`${other}/VerificationCheck`, guess)).toMatchObject(gone);
    expect(await post('/otp/verify', { user: TO, code: guess.Code })).toMatchObject({ status: 404 });
  });

  test('goes to an e-mail address over the channel email', async () => {
    const { start, message, check } = twilioRig();
    const to = 'a+b@example.com';
    expect(await start({ To: to, Channel: 'email' })).toMatchObject({ status: 201, body: { to } });
    const { code, channel } = await message(to);
    expect(channel).toBe('email');
    expect(await check(String(code), { To: to })).toMatchObject({ body: { status: 'approved' } });
  });

  test.each([
    [{ To: '' }, 60200],
    [{ To: '15017122661' }, 60200],
    [{ To: 'alice@example.com' }, 60200],
    [{ To: TO, Channel: 'email' }, 60200],
    [{ Channel: 'auto' }, 60200],
    [{ Channel: 'pigeon' }, 60200],
    [{ Locale: 'klingon' }, 60200],
    [{ CustomCode: '123456' }, 60204],
  ] as const)('%j is refused with %d', async (fields, code) => {
    const { start } = twilioRig();
    const { status, body } = await start(fields);
    expect(body).toMatchObject({ code, status, more_info: `https://www.twilio.com/docs/errors/${code}` });
    expect(status).toBe(code === 60204 ? 403 : 400);
  });

  test.each([
    ['Verifications', { Channel: 'sms' }, 'To'],
    ['Verifications', { To: TO }, 'Channel'],
    ['VerificationCheck', { To: TO }, 'Code'],
    ['VerificationCheck', { Code: '1234' }, 'To'],
    [`Verifications/${TO}`, {}, 'Status'],
  ] as const)('%s with %j names the parameter %s, which is missing', async (path, fields, missing) => {
    const { form } = twilioRig();
    const answer = await form(`${VERIFY}/${path}`, fields);
    const message = `Missing required parameter ${missing} in the post body`;
    expect(answer).toMatchObject({ status: 400, body: { code: 20001, message } });
  });

  test('a check counts whatever is no code as a wrong one, and refuses what is too short', async () => {
    const { start, check, checkRight } = twilioRig();
    await start();
    expect(await check('123')).toMatchObject({ status: 400, body: { code: 60200 } });
    for (const guess of ['abcdef', '0000', '12345678', 'ümlaut', '      '])
      expect(await check(guess)).toMatchObject(pending);
    expect(await checkRight()).toMatchObject(tooManyChecks);
    expect(await check('1234', { To: 'nobody' })).toMatchObject({ body: { code: 60200 } });
    expect(await check('1234', { To: '+15017122662' })).toMatchObject(gone);
    expect(await check('1234', { VerificationSid: `VE${'0'.repeat(32)}` })).toMatchObject(gone);
  });

  test('a fixed code holds, without a limit on checks and sends', async () => {
    const { start, check, post } = twilioRig();
    await post('/mock/codes', [{ user: '+1501*', code: '424242' }], {}, 'PUT');
    for (let i = 0; i < 7; i++) expect(await start()).toMatchObject({ status: 201 });
    for (let i = 0; i < 7; i++) expect(await check('111111')).toMatchObject(pending);
    expect(await check('424242')).toMatchObject({ body: { status: 'approved' } });
  });

  test('a fault is answered as Twilio would, for its own API alone', async () => {
    const { start, check, end, post } = twilioRig();
    const faults = [
      { on: 'request', user: TO, provider: 'twilio', error: 60203, times: 1 },
      { on: 'verify', status: 503, times: 1 },
      { on: 'request', provider: 'vonage', error: 'conflict' },
      { on: 'cancel', provider: 'twilio', error: 99_999, status: 418 },
    ];
    expect((await post('/mock/faults', faults, {}, 'PUT')).status).toBe(200);
    expect(await start()).toMatchObject(tooManySends);
    expect(await start()).toMatchObject({ status: 201 });
    expect(await check('000000')).toMatchObject({ status: 503, body: { code: 20503, status: 503 } });
    expect(await end('canceled')).toMatchObject({ status: 418, body: { code: 99_999, status: 418 } });
  });
});

describe('a Twilio service', () => {
  test('is made, read, changed, listed and removed; its settings hold for its verifications', async () => {
    const { form, get, call, start, message } = twilioRig();
    const made = await form('/twilio/v2/Services', {
      FriendlyName: 'My App',
      CodeLength: '8',
      CustomCodeEnabled: 'true',
    });
    expect(made).toMatchObject({
      status: 201,
      body: { friendly_name: 'My App', code_length: 8, custom_code_enabled: true },
    });
    const path = `/twilio/v2/Services/${made.body['sid']}`;
    expect((await get(path)).body).toEqual(made.body);
    await start({}, path);
    expect(await message(TO)).toMatchObject({ code: expect.stringMatching(/^\d{8}$/) });
    expect(String((await message(TO))['text'])).toStartWith('Your My App verification code is: ');
    await start({ To: '+15017122662', CustomCode: '4711' }, path);
    expect(await message('+15017122662')).toHaveProperty('code', '4711');
    const changed = await form(path, { DoNotShareWarningEnabled: 'true' });
    expect(changed).toMatchObject({
      status: 200,
      body: { code_length: 8, do_not_share_warning_enabled: true },
    });
    expect((await get('/twilio/v2/Services')).body).toMatchObject({
      services: [changed.body],
      meta: { key: 'services' },
    });
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await get('/twilio/v2/Services')).body).toMatchObject({ services: [] });
  });

  test('that nobody made has the defaults: applications have its SID in their settings', async () => {
    const { get } = twilioRig();
    const defaults = { sid: SERVICE, code_length: 6, custom_code_enabled: false, dtmf_input_required: true };
    expect(await get(VERIFY)).toMatchObject({ status: 200, body: defaults });
    expect(await get('/twilio/v2/Services/VA1')).toMatchObject(gone);
  });

  test.each([
    [{}, 20001],
    [{ FriendlyName: 'x'.repeat(31) }, 60200],
    [{ FriendlyName: 'My App 12345' }, 60200],
    [{ FriendlyName: 'My App', CodeLength: '3' }, 60200],
    [{ FriendlyName: 'My App', CodeLength: '11' }, 60200],
    [{ FriendlyName: 'My App', LookupEnabled: 'maybe' }, 60200],
  ] as const)('with %j is refused with %d', async (fields, code) => {
    const { form } = twilioRig();
    expect(await form('/twilio/v2/Services', fields)).toMatchObject({ status: 400, body: { code } });
  });

  test.each(['CustomFriendlyName', 'AppHash'])('a %s of 65 characters is refused', async (name) => {
    const { start } = twilioRig();
    expect(await start({ [name]: 'x'.repeat(64) })).toMatchObject({ status: 201 });
    expect(await start({ [name]: 'x'.repeat(65) })).toMatchObject({ status: 400, body: { code: 60200 } });
  });

  test('its text may name the application otherwise and end with the hash of an app', async () => {
    const { start, message } = twilioRig();
    await start({ CustomFriendlyName: 'Shop', AppHash: 'He42w354ol9' });
    const { code, text } = await message(TO);
    expect(text).toBe(`<#> Your Shop verification code is: ${code} He42w354ol9`);
  });
});

describe('a Twilio message', () => {
  const From = '+15005550006';

  test('is kept in the inbox with the code in it, and a test that waits gets it', async () => {
    const { form, send, get } = twilioRig();
    const waiting = send(`/mock/inbox/wait?user=${encodeURIComponent(TO)}`);
    const sent = await form(`${MESSAGES}.json`, { To: TO, From, Body: 'Your code is 123456' });
    expect(String(sent.body['sid'])).toMatch(/^SM[0-9a-f]{32}$/);
    expect(sent).toMatchObject({
      status: 201,
      body: {
        body: 'Your code is 123456',
        date_created: 'Thu, 01 Jan 2026 00:00:00 +0000',
        from: From,
        to: TO,
        num_media: '0',
        num_segments: '1',
        price: null,
        status: 'queued',
      },
    });
    const message = { code: '123456', state: 'sent', text: 'Your code is 123456', provider: 'twilio' };
    expect((await waiting).body).toMatchObject(message);
    expect((await get(`${MESSAGES}/${sent.body['sid']}.json`)).body).toEqual(sent.body);
    expect((await get(`${MESSAGES}.json?To=${encodeURIComponent(TO)}`)).body).toMatchObject({
      messages: [sent.body],
    });
    expect(await get(`${MESSAGES}/SM${'0'.repeat(32)}.json`)).toMatchObject(gone);
  });

  test('is shown as it was sent, with a placeholder that the application has forgotten to fill', async () => {
    const { form, message } = twilioRig();
    await form(`${MESSAGES}.json`, { To: TO, From, Body: 'Your code {code} is 123456' });
    expect(await message(TO)).toMatchObject({ code: '123456', text: 'Your code {code} is 123456' });
  });

  test('may come from a messaging service, go to WhatsApp, and have media', async () => {
    const { form, message } = twilioRig();
    const fields = {
      To: `whatsapp:${TO}`,
      MessagingServiceSid: `MG${'1'.repeat(32)}`,
      MediaUrl: 'https://a/1',
    };
    const sent = await form(`${MESSAGES}.json`, fields);
    const body = { from: null, status: 'accepted', num_media: '1', to: `whatsapp:${TO}` };
    expect(sent).toMatchObject({ status: 201, body });
    expect(sent.body['sid']).toMatch(/^MM/);
    expect(await message(TO)).toMatchObject({ channel: 'whatsapp', code: '' });
  });

  test.each(['constructor', '__proto__'])('may come from a sender named %s', async (name) => {
    const { form } = twilioRig();
    const sent = await form(`${MESSAGES}.json`, { To: TO, From: name, Body: 'x'.repeat(1_600) });
    expect(sent).toMatchObject({ status: 201, body: { from: name } });
  });

  test('long ones are counted in segments, as operators count them', async () => {
    const { form } = twilioRig();
    for (const [text, segments] of [
      ['x'.repeat(160), '1'],
      ['x'.repeat(161), '2'],
      ['ü'.repeat(70), '1'],
      ['ü'.repeat(135), '3'],
    ] as const)
      expect(await form(`${MESSAGES}.json`, { To: TO, From, Body: text })).toMatchObject({
        body: { num_segments: segments },
      });
  });

  test.each([
    [{ From, Body: 'x' }, 21604],
    [{ To: TO, Body: 'x' }, 21603],
    [{ To: TO, From }, 21602],
    [{ To: '1', From, Body: 'x' }, 21211],
    [{ To: '+15005550001', From, Body: 'x' }, 21211],
    [{ To: '+15005550002', From, Body: 'x' }, 21612],
    [{ To: '+15005550003', From, Body: 'x' }, 21408],
    [{ To: '+15005550004', From, Body: 'x' }, 21610],
    [{ To: '+15005550009', From, Body: 'x' }, 21614],
    [{ To: TO, From: '+15005550001', Body: 'x' }, 21212],
    [{ To: TO, From: '+15005550007', Body: 'x' }, 21606],
    [{ To: TO, From: '+15005550008', Body: 'x' }, 21611],
    [{ To: TO, From, Body: 'x'.repeat(1_601) }, 21617],
    [{ To: TO, From: 'x'.repeat(65), Body: 'x' }, 60200],
    [{ To: TO, MessagingServiceSid: 'x'.repeat(65), Body: 'x' }, 60200],
  ] as const)('%j is refused with %d', async (fields, code) => {
    const { form } = twilioRig();
    expect(await form(`${MESSAGES}.json`, fields)).toMatchObject({ status: 400, body: { code } });
  });

  test('a fault strikes it like a request', async () => {
    const { form, post } = twilioRig();
    await post('/mock/faults', [{ on: 'request', provider: 'twilio', error: 20429 }], {}, 'PUT');
    const answer = await form(`${MESSAGES}.json`, { To: TO, From, Body: 'x' });
    expect(answer).toMatchObject({ status: 429, body: { code: 20429 } });
  });
});
