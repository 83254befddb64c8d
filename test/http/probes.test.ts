import { afterAll, describe, expect, test } from 'bun:test';
import { testService } from '../support/api.ts';

const { service, clock, send, log } = testService({ PORT: '0', HOST: '127.0.0.1', SHUTDOWN_DRAIN: '3' });
afterAll(() => service.stop());

const notReady = { status: 503, body: { code: 'not_ready' } };

describe('probes', () => {
  test('before it listens a service is alive, not ready, and has no address', async () => {
    expect(await send('/livez')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const answer = await send('/readyz');
    expect(answer).toMatchObject(notReady);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(() => service.url).toThrow('call listen() first');
  });

  test('once it listens a service is ready at its address', async () => {
    await service.listen();
    const response = await fetch(`${service.url}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ready' });
    await clock.settle();
    expect(log()).toMatchObject([{ message: 'listening', url: service.url }]);
  });

  test('a probe answers HEAD like GET', async () => {
    const response = await fetch(`${service.url}/livez`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  test('a service that stops is not ready at once, and keeps serving while it drains', async () => {
    const { url } = service;
    const stopped = service.stop();
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    await clock.advance(2_999);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/otp/request`, { method: 'POST', headers, body: '{"user":"alice"}' });
    expect(response.status).toBe(200);
    await clock.advance(1);
    await stopped;
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
    expect(log().map(({ message }) => message)).toEqual([
      'listening',
      'stopping',
      'otp.requested',
      'stopped',
    ]);
  });

  test('stopping a service twice stops it once', async () => {
    await service.stop();
    expect(log().filter(({ message }) => message === 'stopped')).toHaveLength(1);
  });
});

describe('two services in one process', () => {
  test('two services in one process share neither codes nor ports', async () => {
    const [a, b] = [
      testService({ PORT: '0', HOST: '127.0.0.1' }),
      testService({ PORT: '0', HOST: '127.0.0.1' }),
    ];
    await Promise.all([a.service.listen(), b.service.listen()]);
    expect(a.service.url).not.toBe(b.service.url);
    await a.post('/otp/request', { user: 'alice', code: '111111' });
    expect((await b.post('/otp/verify', { user: 'alice', code: '111111' })).status).toBe(404);
    await a.service.stop();
    expect((await fetch(`${b.service.url}/readyz`)).status).toBe(200);
    await b.service.stop();
  });

  test('a second service on a port that is in use fails to listen', async () => {
    const a = testService({ PORT: '0', HOST: '127.0.0.1' });
    await a.service.listen();
    const b = testService({ PORT: new URL(a.service.url).port, HOST: '127.0.0.1' });
    await expect(b.service.listen()).rejects.toThrow(/in use/);
    await a.service.stop();
    await b.service.stop();
  });
});
