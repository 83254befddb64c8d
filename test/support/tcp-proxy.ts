import { connect, createServer, type Socket } from 'node:net';

/** A fixed address in front of a server that may change, as a Kubernetes Service in front of a primary. */
export class TcpProxy {
  readonly #server = createServer((from) => this.#join(from));
  readonly #sockets = new Set<Socket>();
  #port = 0;

  /** @param target the port of this machine to which new connections go */
  private constructor(public target: number) {}

  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    const address = proxy.#server.address();
    if (typeof address === 'object' && address !== null) proxy.#port = address.port;
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  [Symbol.dispose](): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(from: Socket): void {
    const to = connect(this.target, '127.0.0.1');
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      // A connection that fails on one side is cut on the other.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}
