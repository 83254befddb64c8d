import { describe, expect, test } from 'bun:test';
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

describe('a connection is closed within 15 s on which a client sends', () => {
  test.concurrent.each(Object.entries(stalls))(
    '%s',
    async (_, sent) => {
      const { url } = await listening();
      const before = performance.now();
      await halves(url, sent).answer;
      expect(performance.now() - before).toBeLessThan(15_000);
    },
    30_000,
  );
});
