import { describe, expect, test } from 'bun:test';
import { providerRig } from './api.ts';

const VERIFY = `/twilio/v2/Services/VA${'b'.repeat(32)}`;

/** A route of each provider, with its media type. */
const ROUTES = [
  ['twilio', `${VERIFY}/Verifications`, 'application/x-www-form-urlencoded'],
  ['twilio', `${VERIFY}/VerificationCheck`, 'application/x-www-form-urlencoded'],
  ['twilio', `${VERIFY}/Verifications/+15017122661`, 'application/x-www-form-urlencoded'],
  ['twilio', '/twilio/v2/Services', 'application/x-www-form-urlencoded'],
  ['twilio', '/twilio/2010-04-01/Accounts/AC1/Messages.json', 'application/x-www-form-urlencoded'],
  ['vonage', '/vonage/v2/verify', 'application/json'],
  ['vonage', '/vonage/v2/verify/00000000-0000-4000-8000-000000000000', 'application/json'],
  ['prelude', '/prelude/v2/verification', 'application/json'],
  ['prelude', '/prelude/v2/verification/check', 'application/json'],
] as const;

/** What each provider's problems look like. */
const SHAPES = {
  twilio: {
    code: expect.any(Number),
    message: expect.any(String),
    status: expect.any(Number),
    more_info: expect.stringContaining('https://'),
  },
  vonage: { title: expect.any(String), type: expect.any(String), detail: expect.any(String) },
  prelude: { code: expect.any(String), message: expect.any(String), type: expect.any(String) },
};

const GARBAGE = [
  '',
  '{',
  'null',
  '[]',
  '{"brand":{"a":1}}',
  '{"target":{"type":"phone_number","type":"x"}}',
  'To=%FF&Channel=sms',
  'To=%&Channel=sms',
  'a'.repeat(17_000),
  '=&=&&&;;;==',
  '\0\0\0',
  '__proto__=1&constructor=2',
];

describe.each(ROUTES)('%s: POST %s', (provider, path, type) => {
  test('garbage is answered in its own form, and never with a 5xx', async () => {
    const { call } = providerRig();
    for (const body of GARBAGE) {
      const { status, body: shown } = await call('POST', path, type, body);
      expect(status, body.slice(0, 40)).toBeWithin(400, 500);
      expect(shown).toMatchObject(SHAPES[provider]);
    }
  });

  test('invalid UTF-8, a body over 16 KiB and a wrong media type are refused', async () => {
    const { send, call } = providerRig();
    const headers = { authorization: 'Bearer token', 'content-type': type };
    const invalid = await send(path, { method: 'POST', headers, body: new Uint8Array([0xff, 0xfe]) });
    expect(invalid).toMatchObject({ status: 400, body: SHAPES[provider] });
    const long = await call('POST', path, type, 'a'.repeat(17_000));
    expect(long).toMatchObject({ status: 413, body: SHAPES[provider] });
    expect(await call('POST', path, 'text/plain', 'a=1')).toMatchObject({
      status: 415,
      body: SHAPES[provider],
    });
  });

  test('a call without credentials is refused with 401', async () => {
    const { post } = providerRig();
    expect(await post(path, {})).toMatchObject({ status: 401, body: SHAPES[provider] });
    const authorization = 'Basic !';
    expect(await post(path, {}, { authorization })).toMatchObject({ status: 401, body: SHAPES[provider] });
  });

  test('with API keys its password must be one of them', async () => {
    const key = 'k'.repeat(32);
    const { post } = providerRig({ OTP_API_KEYS: key });
    expect(await post(path, {}, { authorization: 'Bearer other' })).toMatchObject({ status: 401 });
    const authorization = `Basic ${btoa(`user:${key}`)}`;
    expect((await post(path, {}, { authorization, 'content-type': 'text/plain' })).status).toBe(415);
  });

  test('strict mode has no such path', async () => {
    const keys = { OTP_API_KEYS: 'k'.repeat(32), OTP_METRICS_KEYS: 'm'.repeat(32) };
    const webhook = {
      OTP_WEBHOOK_URL: 'http://127.0.0.1:9/',
      OTP_WEBHOOK_SECRETS: `whsec_${btoa('s'.repeat(32))}`,
    };
    const { post } = providerRig({ OTP_MODE: 'strict', ...keys, ...webhook });
    expect(await post(path, {})).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

describe.each(['twilio', 'vonage', 'prelude'] as const)('%s', (provider) => {
  test('an unknown path is answered in its own form', async () => {
    const { get } = providerRig();
    expect(await get(`/${provider}/nothing/here`)).toMatchObject({ status: 404, body: SHAPES[provider] });
  });

  test('a full store is answered in its own form', async () => {
    const { form, json } = providerRig({ OTP_MAX_LIVE: '1' });
    const starts = {
      twilio: (i: number) => form(`${VERIFY}/Verifications`, { To: `+1501712266${i}`, Channel: 'sms' }),
      vonage: (i: number) =>
        json('/vonage/v2/verify', { brand: 'ACME', workflow: [{ channel: 'sms', to: `44770090000${i}` }] }),
      prelude: (i: number) =>
        json('/prelude/v2/verification', { target: { type: 'phone_number', value: `+3012345678${i}` } }),
    };
    expect((await starts[provider](1)).status).toBeLessThan(300);
    expect(await starts[provider](2)).toMatchObject({ status: 503, body: SHAPES[provider] });
  });
});
