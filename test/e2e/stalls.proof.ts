import { expect, test } from 'bun:test';
import { listening } from '../support/process.ts';
import { halves } from '../support/raw.ts';

const HEAD = 'POST /otp/request HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const WHOLE = `${HEAD}Content-Length: 16\r\n\r\n{"user":"alice"}`;

const DELAYED = WHOLE.replaceAll('alice', 'slow!');

/** What a client sends before it stalls. */
const stalls = {
  'nothing at all': '',
  'half a head': 'POST /otp/request HTTP/1.1\r\nHost: loc',
  'half a body': `${HEAD}Content-Length: 16\r\n\r\n{"us`,
  'half a chunk': `${HEAD}Transfer-Encoding: chunked\r\n\r\n10\r\n{"us`,
  'no last chunk': `${HEAD}Transfer-Encoding: chunked\r\n\r\n4\r\n{"us\r\n`,
  'half a head after a whole request': `${WHOLE}POST /otp/request HTTP/1.1\r\nHost: loc`,
  'half a head after a call that waited': `GET /mock/inbox/wait?user=a&timeout=1 HTTP/1.1\r\nHost: localhost\r\n\r\nPOST /otp/request HTTP/1.1\r\nHost: loc`,
  'half a head after a call that was delayed': `${DELAYED}POST /otp/request HTTP/1.1\r\nHost: loc`,
  'half a body after a whole request': `${WHOLE}${HEAD}Content-Length: 16\r\n\r\n{"us`,
};

test.concurrent('the service closes a connection within 15 s of a stall, wherever in the request the client stalls', async () => {
  using service = await listening();
  const { url, child } = service;
  await fetch(`${url}/mock/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ on: 'request', user: 'slow!', delayMs: 1_000 }]),
  });
  const seconds = await Promise.all(
    Object.entries(stalls).map(async ([name, sent]) => {
      const before = performance.now();
      await halves(url, sent).answer;
      return [name, (performance.now() - before) / 1_000] as const;
    }),
  );
  expect(seconds.filter(([, closedAfter]) => closedAfter > 15)).toEqual([]);
  expect(child.exitCode).toBeNull();
  expect((await fetch(`${url}/livez`)).status).toBe(200);
}, 60_000);

test.concurrent('long polls and quiet event streams outlive the time limit for incoming requests', async () => {
  using service = await listening();
  const { url } = service;
  const leaving = new AbortController();
  const stream = await fetch(`${url}/mock/events`, { signal: leaving.signal });
  const waiting = await fetch(`${url}/mock/inbox/wait?user=alice&timeout=20`);
  expect(await waiting.json()).toMatchObject({ code: 'no_message' });
  const text = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  const told: string[] = [];
  for (let i = 0; i < 2; i++) told.push((await text?.read())?.value ?? '');
  expect(told.join('')).toStartWith('retry: 1000\n\n: still here\n\n');
  leaving.abort();
}, 60_000);
