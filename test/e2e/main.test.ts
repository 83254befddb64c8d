import { describe, expect, test } from 'bun:test';
import { listening, start, startUnread } from '../support/process.ts';
import { halves } from '../support/raw.ts';

describe('the process', () => {
  test('the process logs that it listens, serves, and exits with 0 on SIGTERM', async () => {
    using service = await listening();
    const { child, line, url } = service;
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/otp/request`, { method: 'POST', headers, body: '{"user":"alice"}' });
    expect(answer.status).toBe(200);
    expect(await line()).toMatchObject({ message: 'otp.requested', user: 'alice' });
    child.kill('SIGTERM');
    expect(await child.exited).toBe(0);
    expect(await line()).toMatchObject({ message: 'stopping' });
    expect(await line()).toMatchObject({ message: 'stopped' });
    expect(await line()).toBeUndefined();
  });

  test('on SIGTERM the process is not ready at once, and serves while it drains', async () => {
    using service = await listening({ SHUTDOWN_DRAIN: '3600' });
    const { child, line, url } = service;
    child.kill('SIGTERM');
    expect(await line()).toMatchObject({ message: 'stopping', drainSeconds: 3_600 });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  test('the process exits after it has drained, and not before', async () => {
    using service = await listening({ SHUTDOWN_DRAIN: '1' });
    const { child, url } = service;
    const before = performance.now();
    child.kill('SIGTERM');
    expect(await child.exited).toBe(0);
    expect(performance.now() - before).toBeGreaterThanOrEqual(999);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  test('the process finishes a request in flight, even if Ctrl-C is pressed twice', async () => {
    using service = await listening();
    const { child, line, url } = service;
    const body = '{"user":"alice"}';
    const head = `POST /otp/request HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`;
    const { begun, answer, send } = halves(url, head);
    // Once the service asks for the body the request is in flight (RFC 9110, section 10.1.1).
    await begun;
    send(body.slice(0, 5));
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await line()).toMatchObject({ message: 'stopping' });
    // By now it would be cut off if the service did not wait for it.
    await Bun.sleep(200);
    send(body.slice(5));
    expect(await answer).toStartWith('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK');
    expect(await child.exited).toBe(0);
  });

  test('the process ends in silence if it is told to stop while it waits for its store', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    using store = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => resolve() } });
    const OTP_STORE = `redis://127.0.0.1:${store.port}`;
    using service = start({ OTP_STORE, OTP_PEPPER: 'pepper-for-tests', OTP_STORE_TIMEOUT: '900' });
    await asked;
    service.child.kill('SIGTERM');
    expect(await service.child.exited).toBe(0);
    expect(await service.stderr()).toBe('');
  });

  test('a bad configuration exits with 1 and one message that names every bad value', async () => {
    using service = start({ PORT: 'eighty', OTP_LENGTH: '3' });
    const { child, stderr } = service;
    expect(await child.exited).toBe(1);
    expect(await stderr()).toBe(
      [
        'The configuration is not valid:',
        '  - PORT must be a whole number from 0 to 65535, not "eighty"',
        '  - OTP_LENGTH must be a whole number from 4 to 10, not 3\n',
      ].join('\n'),
    );
  });

  test('a port in use exits with 1 and one line', async () => {
    using first = await listening();
    using second = start({ PORT: new URL(first.url).port });
    const { child, stderr } = second;
    expect(await child.exited).toBe(1);
    expect(await stderr()).toMatch(
      /^Port \d+ is in use at 127\.0\.0\.1\. Choose another with PORT or --port; 0 picks a free one\.\n$/,
    );
  });

  test('a port in use exits with 1 also while the shared store is away', async () => {
    using first = await listening();
    const shared = { OTP_STORE: 'redis://127.0.0.1:1', OTP_PEPPER: 'a-pepper-of-16-characters' };
    using second = start({ PORT: new URL(first.url).port, ...shared });
    expect(await second.child.exited).toBe(1);
    expect(await second.stderr()).toContain('is in use');
  });

  test('the first line names addresses that one can open, and the mode', async () => {
    using service = start({ HOST: '0.0.0.0' });
    const { url, ...first } = (await service.line()) ?? {};
    expect(url).toMatch(/^http:\/\/localhost:\d+$/);
    expect(first).toMatchObject({
      message: 'listening',
      mode: 'mock',
      page: `${url}/`,
      swagger: `${url}/swagger`,
    });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  test('a flag of the command line goes before the environment, and an unknown one exits with 2', async () => {
    using service = start({ OTP_TTL: '10' }, ['src/main.ts', '--ttl', '20']);
    const url = String((await service.line())?.['url']);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/otp/request`, { method: 'POST', headers, body: '{"user":"alice"}' });
    expect(await answer.json()).toMatchObject({ expiresIn: 20 });
    using misspelt = start({}, ['src/main.ts', '--tll', '20']);
    expect(await misspelt.child.exited).toBe(2);
    expect(await misspelt.stderr()).toBe('there is no flag --tll; did you mean --ttl?\n');
  });

  test('a misspelt setting is a warning', async () => {
    using service = start({ OTP_TLL: '60' });
    const { line } = service;
    expect(await line()).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('OTP_TLL'),
    });
  });

  test('the process keeps serving after its log has lost its reader, and counts the lines as dropped', async () => {
    using service = await startUnread();
    const { url, pid, exitStatus } = service;
    const headers = { 'content-type': 'application/json' };
    for (let i = 0; i < 3; i++) {
      const answer = await fetch(`${url}/otp/request`, { method: 'POST', headers, body: '{"user":"alice"}' });
      expect(answer.status).toBe(200);
    }
    const dropped = async () =>
      /^otp_log_lines_dropped_total (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
    // The first line may still have found its reader.
    while (Number(await dropped()) < 2);
    process.kill(pid, 'SIGTERM');
    expect(await exitStatus()).toBe(0);
  });

  test('a stalled reader of the log delays neither requests nor the exit after SIGTERM', async () => {
    using service = await listening();
    const { child, url } = service;
    const headers = { 'content-type': 'application/json' };
    // Far more output than a pipe holds, and it is not read.
    for (let i = 0; i < 2_000; i++) {
      const answer = await fetch(`${url}/otp/request`, { method: 'POST', headers, body: '{"user":"alice"}' });
      expect(answer.status).toBe(200);
    }
    const before = performance.now();
    child.kill('SIGTERM');
    expect(await child.exited).toBe(0);
    expect(performance.now() - before).toBeWithin(500, 5_000);
  });
});
