import type { Clock } from './core/clock.ts';
import type { CoreSettings } from './core/settings.ts';
import { type AnyServer, IDLE_TIMEOUT_S } from './http/idle-timeout.ts';
import type { HttpSettings } from './http/settings.ts';
import type { Log } from './log/log.ts';

/** How long requests and messages in flight may take once the drain is over, in milliseconds. */
const FINISH_MS = 8_000;

/** The service cannot listen at its address. The message names the address and the reason. */
export class ListenError extends Error {
  override name = 'ListenError';

  constructor(host: string, port: number, cause: unknown) {
    const reason = cause instanceof Error && 'code' in cause ? cause.code : cause;
    super(
      reason === 'EADDRINUSE'
        ? `Port ${port} is in use at ${host}. Choose another with PORT or --port; 0 picks a free one.`
        : `The service cannot listen at HOST ${host}, PORT ${port}: ${reason}. Is HOST a name or an address of this machine's?`,
      { cause },
    );
  }
}

export interface ServerParts {
  readonly config: HttpSettings & Pick<CoreSettings, 'OTP_MODE'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Work that requests leave behind: `drained` resolves once it is done, and at the latest when the signal aborts. */
  readonly delivery: { drained(signal: AbortSignal): Promise<void>; close(): Promise<void> };
  /** Called last. */
  readonly closeStore: () => Promise<void>;
}

/** The part of an Elysia app that a server needs. */
interface Listener {
  listen(options: object): unknown;
  readonly server: AnyServer;
}

/** Listens once, drains, and stops. */
export class Server {
  readonly #parts: ServerParts;
  readonly #ending = new AbortController();
  readonly #closing = new AbortController();
  #app: Listener | undefined;
  #loops: Promise<unknown> = Promise.resolve();
  #phase: 'starting' | 'serving' | 'stopping' = 'starting';
  #stopped: Promise<void> | undefined;

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  get isServing(): boolean {
    return this.#phase === 'serving';
  }

  /** Aborts when the drain is over. Long polls are answered then and event streams end: they would keep the server open. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Aborts when the last request is answered. Loops end then. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** `http://host:port`. @throws Error before `listen` */
  get url(): string {
    const server = this.#app?.server;
    if (!server) throw new Error('The service does not listen yet: call listen() first');
    const { origin } = server.url;
    // A browser cannot open 0.0.0.0 or [::], which stand for every address.
    return origin.replace(/\/\/(0\.0\.0\.0|\[::\])/, '//localhost');
  }

  /** Opens the port and starts the loops. @throws ListenError if the port cannot be opened */
  listen(app: Listener, loops: () => Promise<unknown>): string {
    if (this.#phase !== 'starting') throw new Error('A service listens once, and not after stop()');
    const { HOST: hostname, PORT: port } = this.#parts.config;
    try {
      // With `reusePort` a second service would silently take half of the requests. The body limit is in http/body.ts,
      // where a problem answers it.
      const limits = { idleTimeout: IDLE_TIMEOUT_S, maxRequestBodySize: Number.MAX_SAFE_INTEGER };
      app.listen({ hostname, port, reusePort: false, development: false, ...limits });
    } catch (error) {
      throw new ListenError(hostname, port, error);
    }
    this.#app = app;
    this.#loops = loops();
    this.#phase = 'serving';
    const { OTP_MODE: mode } = this.#parts.config;
    const swagger = `${this.url}/swagger`;
    this.#parts.log.info('listening', {
      url: this.url,
      mode,
      ...(mode === 'mock' && { page: `${this.url}/` }),
      swagger,
    });
    return this.url;
  }

  /** Drains, finishes what is in flight, and stops. Further calls wait for the first. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { config, clock, log, delivery, closeStore } = this.#parts;
    this.#phase = 'stopping';
    log.info('stopping', { drainSeconds: config.SHUTDOWN_DRAIN });
    await clock.sleep(config.SHUTDOWN_DRAIN * 1_000);
    this.#ending.abort();
    const server = this.#app?.server;
    const timeUp = new AbortController();
    const finished = clock.sleep(FINISH_MS, this.closing).then(() => timeUp.abort());
    const answered = Promise.resolve(server?.stop()).then(() => delivery.drained(timeUp.signal));
    await Promise.race([answered, finished]);
    await server?.stop(true);
    await delivery.close();
    this.#closing.abort();
    await this.#loops;
    await closeStore();
    log.info('stopped');
    log.flush();
  }
}
