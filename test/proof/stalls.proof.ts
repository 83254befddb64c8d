import { expect, test } from 'bun:test';
import { halves, listening } from '../support/process.ts';

const HEAD = 'POST /otp/request HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const WHOLE = `${HEAD}Content-Length: 16\r\n\r\n{"user":"alice"}`;

/** Requests that never end, by what they send before they stall. */
const stalls = {
  'nothing at all': '',
  'half a head': 'POST /otp/request HTTP/1.1\r\nHost: loc',
  'half a body': `${HEAD}Content-Length: 16\r\n\r\n{"us`,
  'half a chunk': `${HEAD}Transfer-Encoding: chunked\r\n\r\n10\r\n{"us`,
  'no last chunk': `${HEAD}Transfer-Encoding: chunked\r\n\r\n4\r\n{"us\r\n`,
  'half a head after a whole request': `${WHOLE}POST /otp/request HTTP/1.1\r\nHost: loc`,
  'half a body after a whole request': `${WHOLE}${HEAD}Content-Length: 16\r\n\r\n{"us`,
};

test('a connection on which a client stalls is closed within 15 s, wherever it stalls', async () => {
  using service = await listening();
  const { url, child } = service;
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
