import { afterAll, beforeAll, expect } from 'bun:test';
import { createService } from '../../src/service.ts';
import { browserTest } from '../support/browser.ts';

/** An application's page, on another port than the service. */
const application = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: () =>
    new Response('<!doctype html><title>app</title>', { headers: { 'content-type': 'text/html' } }),
});
const origin = application.url.origin;

const listen = { HOST: '127.0.0.1', PORT: '0' };
const named = createService({ ...listen, OTP_ALLOWED_ORIGINS: origin });
const closed = createService(listen);
beforeAll(() => Promise.all([named.listen(), closed.listen()]));
afterAll(() => Promise.all([named.stop(), closed.stop(), application.stop(true)]));

browserTest(
  'a page calls the service and reads its answers if its origin is named, and not otherwise',
  async (browser) => {
    const page = await browser.newPage();
    await page.goto(origin);
    const call = (url: string, body: object) =>
      page.evaluate(
        async ([path, text]) => {
          const headers = { 'content-type': 'application/json' };
          try {
            const response = await fetch(path, { method: 'POST', headers, body: text });
            const { message, code } = await response.json();
            return {
              status: response.status,
              said: message ?? code,
              id: response.headers.get('x-request-id'),
            };
          } catch (error) {
            return String(error);
          }
        },
        [`${url}/otp/request`, JSON.stringify(body)] as const,
      );
    const id = expect.stringMatching(/-r\d+$/);
    expect(await call(named.url, { user: 'alice' })).toEqual({
      status: 200,
      said: 'OTP generated successfully',
      id,
    });
    expect(await call(named.url, {})).toEqual({ status: 400, said: 'invalid_request', id });
    expect(await call(closed.url, { user: 'alice' })).toBe('TypeError: Failed to fetch');
  },
);
