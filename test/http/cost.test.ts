import { expect, test } from 'bun:test';
import { testService } from '../support/api.ts';

// Elysia reads the source of all hooks. If one takes the whole context, Elysia parses all of this for every route.
test('for a call to /otp Elysia parses no cookies, no query and no headers that nobody reads', () => {
  const routes = testService().service.app.routes.filter(({ path }) => path.startsWith('/otp/'));
  expect(routes.length).toBe(3);
  for (const { compile } of routes)
    expect(String(compile())).not.toMatch(/parseCookie|parseQuery|toJSON|defineProperty/);
});
