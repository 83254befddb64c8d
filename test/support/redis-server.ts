import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisClient } from 'bun';
import { freePort } from './free-port.ts';

/** Options of a Redis that keeps nothing on disk. */
export const FORGETFUL = ['--save', '', '--appendonly', 'no'];

/** Options of a Redis that writes each change to its disk before it replies. */
export const DURABLE = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];

/** A `redis-server`, as Debian packages it, on a free port and in a folder of its own. */
export class RedisServer {
  readonly #folder: string;
  readonly #options: readonly string[];
  readonly port: number;
  #child: Bun.Subprocess | undefined;

  private constructor(folder: string, port: number, options: readonly string[]) {
    this.#folder = folder;
    this.port = port;
    this.#options = options;
  }

  /**
   * Starts one. Resolves when it answers.
   *
   * @param options for its command line, besides port and folder
   * @throws Error that says what to install, if there is no `redis-server`
   */
  static async start(options: readonly string[] = FORGETFUL): Promise<RedisServer> {
    const server = await RedisServer.absent(options);
    await server.start();
    return server;
  }

  /** One that is not started yet. */
  static async absent(options: readonly string[] = FORGETFUL): Promise<RedisServer> {
    if (!Bun.which('redis-server'))
      throw new Error('no redis-server found: apt-get install redis-server, and stop the one that it starts');
    return new RedisServer(await mkdtemp(join(tmpdir(), 'redis-')), await freePort(), options);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    if (this.#child === undefined) throw new Error('redis-server does not run');
    return this.#child.pid;
  }

  /** Starts it, with the data on its disk if it ran before. Resolves when it answers. */
  async start(): Promise<void> {
    const where = ['--bind', '127.0.0.1', '--port', `${this.port}`, '--dir', this.#folder];
    this.#child = Bun.spawn(['redis-server', ...where, ...this.#options], { stdout: 'ignore' });
    while ((await this.send('PING').catch(() => undefined)) !== 'PONG') {
      if (this.#child.exitCode !== null) throw new Error('redis-server ended at its start');
      await Bun.sleep(10);
    }
  }

  /** Kills it without a warning, as a power failure does. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#child?.exited;
  }

  /** Shuts it down. */
  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM');
    await this.#child?.exited;
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Freezes it. Its connections stay open. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** Lets a frozen one run again. */
  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Opens a connection for a test. */
  async connect(): Promise<RedisClient> {
    const client = new RedisClient(this.url, { autoReconnect: false, connectionTimeout: 10_000 });
    await client.connect();
    return client;
  }

  /** Sends one command over a connection of its own. */
  async send(command: string, ...args: string[]): Promise<unknown> {
    const client = await this.connect();
    try {
      return await client.send(command, args);
    } finally {
      client.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
