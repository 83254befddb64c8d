import { describe, expect, test } from 'bun:test';
import { testService } from '../support/api.ts';

const KEY = 'k'.repeat(32);
const { service, send } = testService({ OTP_API_KEYS: KEY });
const routes = service.app.routes
  .filter(({ method }) => !['GET', 'HEAD'].includes(method))
  .map(({ method, path }) => ({ method, path }));

/** JSON without end, in pieces of 1 KB. It counts those that are read. */
function endless() {
  const piece = new TextEncoder().encode('1,'.repeat(512));
  let pieces = 0;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    pieces++;
    // An end after all, for a service that reads on.
    if (pieces === 1_000) controller.close();
    else controller.enqueue(piece);
  };
  return { body: new ReadableStream({ pull }, { highWaterMark: 0 }), pieces: () => pieces };
}

test('the app has more than 20 routes that may have a body', () => {
  expect(routes.length).toBeGreaterThan(20);
});

describe('a body without end', () => {
  test.each(routes)('is not read at $method $path without a key', async ({ method, path }) => {
    const { body, pieces } = endless();
    const headers = { 'content-type': 'application/json' };
    expect((await send(path, { method, headers, body })).status).toBe(401);
    expect(pieces()).toBe(0);
  });

  test.each(routes)('is read no further than 17 KB at $method $path', async ({ method, path }) => {
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const { body, pieces } = endless();
      const headers = { authorization: `Bearer ${KEY}`, 'content-type': type };
      expect((await send(path, { method, headers, body })).status, type).toBeWithin(400, 500);
      expect(pieces(), type).toBeWithin(0, 18);
    }
  });
});
