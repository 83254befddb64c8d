import { connect, type Socket } from 'node:net';

/** A call of the service's, and what it is to be answered with. */
export interface Call {
  readonly path: string;
  readonly body: object;
}

/**
 * A connection that sends many calls one behind the other and only counts the answers: at the rates of interest
 * a client that looks at each would be the slow part.
 */
export class Pipeline {
  readonly #socket: Socket;
  /** How many answers came, and how many of them were no success. */
  answered = 0;
  failed = 0;
  #sent = 0;
  #rest = '';
  #drained: () => void = () => {};

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect(Number(port), hostname);
    this.#socket.on('data', (data) => this.#count(data.toString('latin1')));
  }

  /** How many calls wait for their answers. */
  get waiting(): number {
    return this.#sent - this.answered;
  }

  send(calls: readonly Call[]): void {
    this.#sent += calls.length;
    this.#socket.write(calls.map(format).join(''));
  }

  /** Resolves when all that was sent is answered. */
  async drained(): Promise<void> {
    if (this.waiting === 0) return;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #count(text: string): void {
    const lines = (this.#rest + text).split('\r\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      // A body has no line break behind it: the next answer's first line follows on it.
      const [, status] = /HTTP\/1\.1 (\d+)/.exec(line) ?? [];
      if (status === undefined) continue;
      this.answered++;
      if (status !== '200') this.failed++;
    }
    if (this.waiting === 0) this.#drained();
  }
}

function format({ path, body }: Call): string {
  const text = JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
}
