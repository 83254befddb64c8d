import { expect, test } from 'bun:test';
import { listening } from '../support/process.ts';
import { halves } from '../support/raw.ts';

test('the process exits within 10 s of SIGTERM, even if a client stalls in the middle of a request', async () => {
  using service = await listening();
  const { child, url } = service;
  const { answer } = halves(url, 'POST /otp/request HTTP/1.1\r\nHost: localhost\r\nContent-Le');
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  const before = performance.now();
  child.kill('SIGTERM');
  expect(await child.exited).toBe(0);
  expect(performance.now() - before).toBeLessThan(10_000);
  expect(await answer).toBe('');
}, 15_000);
