import type { Socket } from 'bun';

/** What a Redis answers a command with, as it goes over the wire; undefined for no answer at all. */
export type Answer = (command: string, args: readonly string[]) => string | undefined;

/** How answers are written in RESP (https://redis.io/docs/latest/develop/reference/protocol-spec/). */
export const resp = {
  text: (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`,
  number: (number: number) => `:${number}\r\n`,
  list: (...items: string[]) => `*${items.length}\r\n${items.join('')}`,
  error: (message: string) => `-${message}\r\n`,
};

/**
 * A server that speaks Redis's protocol and answers what a test wants, on a free port: for what a real one does only
 * when it is in trouble. It introduces itself as one that is well, and tells the time when it is asked.
 */
export class FakeRedis {
  readonly #server;
  readonly #sockets = new Set<Socket<{ rest: string }>>();
  /** Commands that have come, but for those that every connection begins with. */
  readonly commands: string[][] = [];
  /** How often somebody has connected. */
  connected = 0;
  /** Its time, in ms since the epoch. */
  now = Date.UTC(2026, 0, 1);

  /** @param answer to anything but HELLO and TIME */
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

  /** Cuts all connections. */
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
    this.commands.push([command, ...args]);
    return this.answer(command, args);
  }
}

/** The whole commands in what has come so far, which are lists of texts of ASCII, and what is left over. */
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
