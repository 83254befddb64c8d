import { describe, expect, test } from 'bun:test';
import { rig } from '../support/api.ts';

describe('the event log', () => {
  test('has a line for each event, with the request that caused it', async () => {
    const { post, clock, log } = rig();
    const requested = await post(
      '/otp/request',
      { user: 'alice', code: '111111' },
      { 'x-request-id': 'r-1' },
    );
    await post('/otp/verify', { user: 'alice', code: '999999' }, { 'x-request-id': 'r-2' });
    await post('/otp/verify', { user: 'bob', code: '999999' }, { 'x-request-id': 'r-3' });
    await clock.settle();
    const { id: otp, expiresAt } = requested.body;
    const of = { user: 'alice', purpose: 'default', otp, expiresAt };
    expect(log()).toMatchObject([
      { level: 'info', message: 'otp.requested', ...of, requestId: 'r-1' },
      { level: 'info', message: 'otp.rejected', ...of, reason: 'wrong', requestId: 'r-2' },
      {
        level: 'info',
        message: 'otp.rejected',
        user: 'bob',
        purpose: 'default',
        reason: 'none',
        requestId: 'r-3',
      },
    ]);
  });

  test('has one line for all that a tick expired: how many, and the first ten', async () => {
    const { post, clock, log, service } = rig({ PORT: '0', HOST: '127.0.0.1' });
    await service.listen();
    for (let i = 0; i < 25; i++) await post('/otp/request', { user: `user-${i}`, ttl: 2 });
    await clock.advance(4_000);
    await post('/otp/request', { user: 'late', ttl: 2 });
    await clock.advance(4_000);
    await service.stop();
    const lines = log().filter(({ message }) => message === 'otp.expired');
    expect(lines).toMatchObject([
      { count: 25, codes: { length: 10 } },
      { count: 1, codes: [{ user: 'late', purpose: 'default' }] },
    ]);
  });

  test('has a line of its own for a code whose end a request noticed', async () => {
    const { post, clock, log } = rig();
    const { body } = await post('/otp/request', { user: 'alice', ttl: 1 });
    clock.set(clock.now() + 1_000);
    await post('/otp/request', { user: 'alice' }, { 'x-request-id': 'r-2' });
    await clock.settle();
    expect(log().slice(1)).toMatchObject([
      { message: 'otp.expired', otp: body['id'], requestId: 'r-2' },
      { message: 'otp.requested', requestId: 'r-2' },
    ]);
  });

  test('never has a code in it', async () => {
    const { post, clock, log } = rig({ PORT: '0', HOST: '127.0.0.1', OTP_LENGTH: '10' });
    const codes: string[] = [];
    for (let i = 0; i < 500; i++) {
      const { body } = await post('/otp/request', { user: `user-${i % 100}`, ttl: 1 + (i % 3) });
      codes.push(String(body['code']));
      if (i % 3 === 0) await post('/otp/verify', { user: `user-${i % 100}`, code: body['code'] });
      if (i % 50 === 0) await clock.advance(1_000);
    }
    await clock.settle();
    const text = JSON.stringify(log());
    expect(codes.filter((code) => text.includes(code))).toEqual([]);
    expect(log().length).toBeGreaterThan(500);
  });
});
