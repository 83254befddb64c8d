import { expect, test } from 'bun:test';
import { testService } from '../support/api.ts';

test('a body whose length is announced is read without making it a stream first', async () => {
  const headers = { 'content-type': 'application/json', 'content-length': '16' };
  const request = new Request('http://localhost/otp/request', {
    method: 'POST',
    headers,
    body: '{"user":"alice"}',
  });
  Object.defineProperty(request, 'body', {
    get() {
      throw new Error('this would make it a stream');
    },
  });
  expect((await testService().service.app.handle(request)).status).toBe(200);
});

// Elysia reads the source of all hooks. If one takes the whole context, Elysia parses all of this for every route.
test('for a call to /otp Elysia parses no cookies, no query and no headers that nobody reads', () => {
  const routes = testService().service.app.routes.filter(({ path }) => path.startsWith('/otp/'));
  expect(routes.length).toBe(3);
  for (const { compile } of routes)
    expect(String(compile())).not.toMatch(/parseCookie|parseQuery|toJSON|defineProperty/);
});
