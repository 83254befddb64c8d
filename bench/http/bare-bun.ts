import { request, verify } from './bare-codes.ts';

/** The two routes on Bun's own server: the limit of the machine and the runtime. */
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  routes: {
    '/otp/request': { POST: async (req) => Response.json(request(await req.json())) },
    '/otp/verify': {
      POST: async (req) => {
        const verified = verify(await req.json());
        return Response.json(verified ?? { message: 'Wrong code' }, { status: verified ? 200 : 401 });
      },
    },
  },
});
console.log(JSON.stringify({ url: server.url.origin }));
