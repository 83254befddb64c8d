/** A request as the provider received it. */
export interface Posted {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * An HTTP provider on this machine that keeps the requests it receives.
 *
 * @param answer makes the response to each request; the first request has the number 1
 * @param port 0 for any free port
 */
export function httpProvider(
  answer: (number: number) => Response | Promise<Response> = () => new Response('{}', { status: 201 }),
  port = 0,
) {
  const posted: Posted[] = [];
  const server = Bun.serve({
    port,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      posted.push({ path: pathname, headers: request.headers.toJSON(), body: await request.text() });
      return answer(posted.length);
    },
  });
  return {
    port: Number(server.port),
    url: `http://127.0.0.1:${server.port}`,
    posted,
    /** Resolves to the requests once there are at least `count`. */
    async got(count: number): Promise<Posted[]> {
      while (posted.length < count) await Bun.sleep(5);
      return posted;
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

/** A response whose body never ends. */
export function endless(status: number): Response {
  const megabyte = new Uint8Array(2 ** 20);
  return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(megabyte) }), { status });
}
