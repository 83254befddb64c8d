import { connect, type Socket } from 'node:net';

/** A `POST` to the service. */
export interface Call {
  readonly path: string;
  readonly body: object;
}

/**
 * A connection that pipelines many calls and only counts the answers. At the rates of interest, a client that parsed
 * each answer would be the bottleneck.
 */
export class Pipeline {
  readonly #socket: Socket;
  /** Answers received, and how many of them had a status other than 200. */
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

  /** Calls without an answer yet. */
  get waiting(): number {
    return this.#sent - this.answered;
  }

  send(calls: readonly Call[]): void {
    this.#sent += calls.length;
    this.#socket.write(calls.map(format).join(''));
  }

  /** Resolves once every call sent is answered. */
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
      // A body ends without a line break, so the next answer's status line follows on the same line.
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
