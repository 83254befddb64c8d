import type { Socket } from 'bun';

/** The reply to a command, as RESP; undefined for no reply at all. */
export type Answer = (command: string, args: readonly string[]) => string | undefined;

/** Writes replies in RESP (https://redis.io/docs/latest/develop/reference/protocol-spec/). */
export const resp = {
  text: (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`,
  number: (number: number) => `:${number}\r\n`,
  list: (...items: string[]) => `*${items.length}\r\n${items.join('')}`,
  none: '$-1\r\n',
  error: (message: string) => `-${message}\r\n`,
};

/**
 * A server on a free port that speaks Redis's protocol and replies as the test says, for what a real Redis does only
 * when it is in trouble. By itself it answers as a healthy Redis what every connection
 * begins with: HELLO, TIME, INFO cluster, and whether the store was begun.
 */
export class FakeRedis {
  readonly #server;
  readonly #sockets = new Set<Socket<{ rest: string }>>();
  /** The commands received, without those that every connection begins with. */
  readonly commands: string[][] = [];
  /** How many connections have been opened. */
  connected = 0;
  /** The time that it tells, in ms since the epoch. */
  now = Date.UTC(2026, 0, 1);

  /** @param answer the reply to any other command */
  constructor(public answer: Answer = () => undefined) {
    this.#server = Bun.listen<{ rest: string }>({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        open: (socket) => {
          socket.data = { rest: '' };
          this.#sockets.add(socket);
          this.connected++;
        },
        close: (socket) => void this.#sockets.delete(socket),
        data: (socket, data) => {
          const { commands, rest } = parse(socket.data.rest + data.toString());
          socket.data.rest = rest;
          for (const command of commands) socket.write(this.#reply(command) ?? '');
        },
      },
    });
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#server.port}`;
  }

  /** Closes all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.end();
  }

  [Symbol.dispose](): void {
    this.#server.stop(true);
  }

  #reply([command = '', ...args]: readonly string[]): string | undefined {
    if (command === 'HELLO') return `%1\r\n${resp.text('proto')}${resp.number(3)}`;
    if (command === 'TIME')
      return resp.list(
        resp.text(`${Math.floor(this.now / 1_000)}`),
        resp.text(`${(this.now % 1_000) * 1_000}`),
      );
    if (command === 'INFO' && args[0] === 'cluster') return resp.text('cluster_enabled:0');
    if (args[0]?.endsWith(':begun')) return resp.none;
    this.commands.push([command, ...args]);
    return this.answer(command, args);
  }
}

/** Splits what has arrived into complete commands, which are lists of ASCII strings, and the rest. */
function parse(text: string): { commands: string[][]; rest: string } {
  const commands: string[][] = [];
  for (;;) {
    const [head = '', ...lines] = text.split('\r\n');
    const count = Number(head.slice(1));
    if (!head.startsWith('*') || lines.length < 2 * count + 1) return { commands, rest: text };
    commands.push(lines.slice(0, 2 * count).filter((_, i) => i % 2 === 1));
    text = lines.slice(2 * count).join('\r\n');
  }
}
