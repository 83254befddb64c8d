import { request, verify } from './bare-codes.ts';

/** The two routes on Bun's own server: the limit of what the machine and the runtime can do. */
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  routes: {
    '/otp/request': { POST: async (asked) => Response.json(request(await asked.json())) },
    '/otp/verify': {
      POST: async (asked) => {
        const verified = verify(await asked.json());
        return Response.json(verified ?? { message: 'Wrong code' }, { status: verified ? 200 : 401 });
      },
    },
  },
});
console.log(JSON.stringify({ url: server.url.origin }));
