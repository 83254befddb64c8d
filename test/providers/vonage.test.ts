import { describe, expect, test } from 'bun:test';
import { providerRig } from './api.ts';

const VERIFY = '/vonage/v2/verify';
const USER = '+447700900000';
const sms = { channel: 'sms', to: '447700900000' };
const voice = { channel: 'voice', to: '447700900000' };
const email = { channel: 'email', to: 'a@example.com' };

function vonageRig(env: Record<string, string> = {}) {
  const rig = providerRig(env);
  const start = (body: object = {}) => rig.json(VERIFY, { brand: 'ACME', workflow: [sms], ...body });
  const begin = async (body: object = {}) => String((await start(body)).body['request_id']);
  const codeOf = async () => String((await rig.message(USER))['code']);
  return {
    ...rig,
    start,
    begin,
    codeOf,
    check: (id: string, code: string) => rig.json(`${VERIFY}/${id}`, { code }),
    checkRight: async (id: string) => rig.json(`${VERIFY}/${id}`, { code: await codeOf() }),
    next: (id: string) => rig.call('POST', `${VERIFY}/${id}/next_workflow`, 'application/json'),
    cancel: (id: string) => rig.call('DELETE', `${VERIFY}/${id}`),
    /** The channels over which the code went, oldest first, with the state of each. */
    steps: async () => {
      const { body } = await rig.send(`/mock/inbox?user=${encodeURIComponent(USER)}`);
      const messages = body['messages'] as { channel: string; state: string; code: string }[];
      return messages.map(({ channel, state }) => `${channel} ${state}`).reverse();
    },
  };
}

const notFound = { status: 404, body: { title: 'Not Found' } };
const wrongCode = { status: 400, body: { title: 'Invalid Code' } };
const completed = { status: 200, body: { status: 'completed' } };

describe('a Vonage verification', () => {
  test('begins with 202, and its message is as the user would get it', async () => {
    const { start, message } = vonageRig();
    const { status, body } = await start({ code_length: 4 });
    expect(status).toBe(202);
    expect(body).toEqual({
      request_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
    });
    const { code, ...rest } = await message(USER);
    expect(code).toMatch(/^\d{4}$/);
    expect(rest).toMatchObject({ provider: 'vonage', channel: 'sms', to: USER, text: `ACME code: ${code}` });
  });

  test('is completed by the right code, once', async () => {
    const { begin, check, codeOf } = vonageRig();
    const id = await begin();
    const code = await codeOf();
    expect(await check(id, '0000')).toMatchObject(wrongCode);
    expect(await check(id, code)).toMatchObject({
      ...completed,
      body: { request_id: id, status: 'completed' },
    });
    expect(await check(id, code)).toMatchObject(notFound);
  });

  test('ends with the third wrong code', async () => {
    const { begin, check, checkRight, start } = vonageRig();
    const id = await begin({ workflow: [sms, voice] });
    expect(await check(id, '0000')).toMatchObject(wrongCode);
    expect(await check(id, 'abcdef')).toMatchObject(wrongCode);
    const detail = 'An incorrect code has been provided too many times. Workflow terminated.';
    expect(await check(id, '0000')).toMatchObject({ status: 410, body: { title: 'Invalid Code', detail } });
    expect(await checkRight(id)).toMatchObject(notFound);
    expect((await start()).status).toBe(202);
  });

  test('is refused while another to the same number runs, which it names', async () => {
    const { begin, start, cancel } = vonageRig();
    const id = await begin({ workflow: [sms, voice] });
    const conflict = { status: 409, body: { title: 'Conflict', request_id: id } };
    expect(await start()).toMatchObject(conflict);
    expect((await start()).headers.get('content-type')).toStartWith('application/problem+json');
    expect((await cancel(id)).status).toBe(204);
    expect(await cancel(id)).toMatchObject(notFound);
    expect((await start()).status).toBe(202);
  });

  test('of two that begin at the same moment, one is refused', async () => {
    const { start } = vonageRig();
    const statuses = (await Promise.all([start(), start()])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([202, 409]);
  });

  test('goes on to the next channel by service time, with the same code and request id, and ends with the last', async () => {
    const { begin, start, codeOf, checkRight, pass, steps, clock } = vonageRig();
    const id = await begin({ workflow: [sms, voice, email], channel_timeout: 60 });
    const code = await codeOf();
    await pass(60);
    await clock.settle();
    expect(await steps()).toEqual(['sms expired', 'voice pending']);
    expect(await codeOf()).toBe(code);
    expect(await start()).toMatchObject({ status: 409, body: { request_id: id } });
    await pass(60);
    await clock.settle();
    expect(await steps()).toEqual(['sms expired', 'voice expired', 'email pending']);
    await pass(60);
    await clock.settle();
    expect(await steps()).toEqual(['sms expired', 'voice expired', 'email expired']);
    expect(await checkRight(id)).toMatchObject(notFound);
  });

  test('is completed by the code of a later step', async () => {
    const { begin, checkRight, pass, clock } = vonageRig();
    const id = await begin({ workflow: [sms, voice], channel_timeout: 60 });
    await pass(61);
    await clock.settle();
    expect(await checkRight(id)).toMatchObject(completed);
  });

  test('a clock that jumps far ahead passes over steps', async () => {
    const { begin, pass, steps, clock } = vonageRig();
    await begin({ workflow: [sms, voice, email], channel_timeout: 60 });
    await pass(150);
    await clock.settle();
    expect(await steps()).toEqual(['sms expired', 'email pending']);
    await pass(29);
    await clock.settle();
    expect(await steps()).toEqual(['sms expired', 'email pending']);
    await pass(1);
    expect(await steps()).toEqual(['sms expired', 'email expired']);
  });

  test('goes on to the next channel when the application wants it', async () => {
    const { begin, next, steps, checkRight } = vonageRig();
    const id = await begin({ workflow: [sms, voice] });
    expect((await next(id)).status).toBe(200);
    expect(await steps()).toEqual(['sms expired', 'voice pending']);
    const detail = 'There are no more events left to trigger.';
    expect(await next(id)).toMatchObject({ status: 409, body: { detail } });
    expect(await checkRight(id)).toMatchObject(completed);
    expect(await next(id)).toMatchObject(notFound);
  });

  test('two applications do not meet', async () => {
    const { send, start } = vonageRig();
    await start();
    const claims = btoa(JSON.stringify({ application_id: '11111111-1111-4111-8111-111111111111' }));
    const ask = (token: string) =>
      send(VERIFY, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ brand: 'ACME', workflow: [sms] }),
      });
    expect((await ask(`x.${claims}.x`)).status).toBe(202);
    expect((await ask(`x.${claims}.x`)).status).toBe(409);
    expect((await ask('not-a-jwt')).status).toBe(202);
  });

  test.each([
    [{ brand: '' }, 'brand'],
    [{ brand: 'x'.repeat(17) }, 'brand'],
    [{ workflow: [] }, 'workflow'],
    [{ workflow: [{ channel: 'pigeon', to: '1' }] }, 'workflow/0/channel'],
    [{ channel_timeout: 14 }, 'channel_timeout'],
    [{ channel_timeout: 901 }, 'channel_timeout'],
    [{ code_length: 3 }, 'code_length'],
    [{ code: 'abc' }, 'code'],
  ] as const)('%j is refused with 422, which names %s', async (body, name) => {
    const { start } = vonageRig();
    const answer = await start(body);
    expect(answer).toMatchObject({ status: 422, body: { invalid_parameters: [{ name }] } });
  });

  test.each([
    [{ workflow: [{ channel: 'sms', to: '+447700900000' }] }, '`workflow[0].to` is invalid.'],
    [{ workflow: [sms, { channel: 'email', to: '447700900000' }] }, '`workflow[1].to` is invalid.'],
    [{ code: '1234', code_length: 6 }, '`code` must have `code_length` characters.'],
  ] as const)('%j is refused with 422: %s', async (body, detail) => {
    const { start } = vonageRig();
    expect(await start(body)).toMatchObject({ status: 422, body: { detail } });
  });

  test('a fault is answered as Vonage would', async () => {
    const { begin, start, check, next, cancel, post } = vonageRig();
    const id = await begin({ workflow: [sms, voice] });
    const faults = [
      { on: 'request', provider: 'vonage', error: 'rate-limit', times: 2 },
      { on: 'verify', provider: 'vonage', error: 'gone', times: 1 },
      { on: 'cancel', provider: 'vonage', status: 500, times: 1 },
    ];
    await post('/mock/faults', faults, {}, 'PUT');
    expect(await start()).toMatchObject({ status: 429, body: { title: 'Rate Limit Hit' } });
    expect(await next(id)).toMatchObject({ status: 429 });
    expect(await check(id, '0000')).toMatchObject({ status: 410 });
    expect((await cancel(id)).status).toBe(500);
    expect((await cancel(id)).status).toBe(204);
  });

  test.each(['-'.repeat(36), `${'0'.repeat(32)}----`])('%s, which is no id, is not found', async (id) => {
    const { json, call } = vonageRig();
    const path = `/vonage/v2/verify/${id}`;
    expect((await json(path, { code: '1234' })).status).toBe(404);
    expect((await json(`${path}/next_workflow`, {})).status).toBe(404);
    expect((await call('DELETE', path)).status).toBe(404);
  });

  test('an id that is none is not found', async () => {
    const { check, start, codeOf, message } = vonageRig();
    await start();
    for (const id of ['x', '0'.repeat(36), '00000000-0000-4000-8000-000000000001'])
      expect(await check(id, await codeOf())).toMatchObject(notFound);
    expect(await message(USER)).toHaveProperty('state', 'pending');
  });
});
