import { Elysia, t } from 'elysia';
import { request, verify } from './bare-codes.ts';

/** The two routes on Elysia, and nothing else. The body has a type but is not validated. */
const unchecked = { body: t.NoValidate(t.Object({ user: t.String(), code: t.Optional(t.String()) })) };
const app = new Elysia({ normalize: false })
  .post('/otp/request', ({ body }) => request(body), unchecked)
  .post('/otp/verify', ({ body, status }) => verify(body) ?? status(401, 'Wrong code'), unchecked)
  .listen({ hostname: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ url: app.server?.url.origin }));
