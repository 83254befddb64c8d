import { describe, expect, test } from 'bun:test';
import { providerRig } from './api.ts';

const USER = '+30123456789';
const target = { type: 'phone_number', value: USER };

function preludeRig(env: Record<string, string> = {}) {
  const rig = providerRig(env);
  const codeOf = async (user = USER) => String((await rig.message(user))['code']);
  const check = (code: string) => rig.json('/prelude/v2/verification/check', { target, code });
  return {
    ...rig,
    codeOf,
    check,
    start: (body: object = {}) => rig.json('/prelude/v2/verification', { target, ...body }),
    checkRight: async () => check(await codeOf()),
  };
}

const limited = { status: 429, body: { code: 'rate_limited', type: 'rate_limited' } };

describe('a Prelude verification', () => {
  test('succeeds at first, and is sent again under the same id', async () => {
    const { start, codeOf } = preludeRig();
    const first = await start();
    expect(first.body).toEqual({
      id: expect.stringMatching(/^vrf_[0-9a-f]{32}$/),
      status: 'success',
      method: 'message',
      channels: ['sms'],
      request_id: first.headers.get('x-request-id'),
    });
    const code = await codeOf();
    expect(await start()).toMatchObject({ status: 200, body: { id: first.body['id'], status: 'retry' } });
    expect(await codeOf()).toBe(code);
    for (let i = 0; i < 3; i++) await start();
    expect(await start()).toMatchObject(limited);
  });

  test('the right code succeeds once, and a wrong one fails', async () => {
    const { start, check, codeOf } = preludeRig();
    const { body } = await start();
    const code = await codeOf();
    expect(await check('0000')).toMatchObject({ status: 200, body: { status: 'failure', id: body['id'] } });
    expect(await check(code)).toMatchObject({ status: 200, body: { status: 'success', id: body['id'] } });
    expect(await check(code)).toMatchObject({ status: 200, body: { status: 'expired_or_not_found' } });
  });

  test('five checks are taken', async () => {
    const { start, check, checkRight } = preludeRig();
    await start();
    for (let i = 0; i < 5; i++) expect(await check('0000')).toMatchObject({ body: { status: 'failure' } });
    expect(await checkRight()).toMatchObject(limited);
  });

  test('it expires', async () => {
    const { start, checkRight, pass } = preludeRig();
    await start();
    await pass(600);
    expect(await checkRight()).toMatchObject({ body: { status: 'expired_or_not_found' } });
  });

  test('its options choose length, code and channel', async () => {
    const { start, message, codeOf, json } = preludeRig();
    await start({ options: { code_size: 8, method: 'voice' } });
    expect(await codeOf()).toMatch(/^\d{8}$/);
    expect(await message(USER)).toMatchObject({ channel: 'voice', provider: 'prelude' });
    const value = 'a@example.com';
    const options = { custom_code: '4711', preferred_channel: 'whatsapp' };
    await json('/prelude/v2/verification', { target: { type: 'email_address', value }, options });
    expect(await message(value)).toMatchObject({ code: '4711', channel: 'whatsapp' });
  });

  test.each([
    ['phone_number', '30123456789', 'invalid_phone_number'],
    ['email_address', USER, 'invalid_email_address'],
    ['pigeon', USER, 'invalid_request'],
  ])('a target of type %s and value %s is refused as %s', async (type, value, code) => {
    const { start } = preludeRig();
    const answer = await start({ target: { type, value } });
    expect(answer).toMatchObject({ status: 400, body: { code, type: 'bad_request' } });
  });

  test('a check of what is no recipient is refused like a start', async () => {
    const { json } = preludeRig();
    for (const value of ['', 'a\0b', 'x'.repeat(10_000)]) {
      const target = { type: 'phone_number', value };
      expect(await json('/prelude/v2/verification/check', { target, code: '1234' })).toMatchObject({
        status: 400,
        body: { code: 'invalid_phone_number' },
      });
    }
  });

  test.each(['constructor', '__proto__', 'x'])('a fault with the unknown error %s is 503', async (error) => {
    const { start, post } = preludeRig();
    await post('/mock/faults', [{ on: 'request', provider: 'prelude', error }], {}, 'PUT');
    expect(await start()).toMatchObject({ status: 503, body: { code: error, type: 'internal' } });
  });

  test('a fault is answered as Prelude would', async () => {
    const { start, check, post } = preludeRig();
    const faults = [
      { on: 'request', provider: 'prelude', error: 'invalid_phone_number', times: 1 },
      { on: 'verify', provider: 'prelude', status: 500, times: 1 },
    ];
    await post('/mock/faults', faults, {}, 'PUT');
    expect(await start()).toMatchObject({ status: 400, body: { code: 'invalid_phone_number' } });
    expect(await check('0000')).toMatchObject({ status: 500, body: { type: 'internal' } });
  });
});
