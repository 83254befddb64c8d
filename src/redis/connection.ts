import { StoreUnavailable } from '../core/store.ts';
import { Link, type LinkParts } from './link.ts';
import type { CallOptions, Redis } from './redis.ts';
import type { Script } from './scripts.ts';

/** Real time between two attempts to connect, in milliseconds. */
const RETRY_MS = 250;

export interface ConnectionParts extends LinkParts {
  /** Called when Redis becomes available, without a reason, and when it becomes unavailable. Must not throw. */
  readonly onChange?: (reason: Error | undefined) => void;
}

/**
 * The connection to one Redis: a link, and a new one whenever that is lost.
 *
 * Without a link every call fails at once. So no calls pile up however long Redis is away, and Redis is asked nothing
 * but whether it is back. A call that may have taken effect is never sent twice.
 */
export class RedisConnection implements Redis {
  readonly #parts: ConnectionParts;
  readonly #closing = new AbortController();
  /** The latest link, which may still be opening, or be lost. */
  #latest: Link | undefined;
  /** The open link, or the reason why no link is open. */
  #open: Link | StoreUnavailable = new StoreUnavailable('there is no connection to Redis yet');
  #running: Promise<void> | undefined;
  readonly #tried = Promise.withResolvers<Error | undefined>();
  readonly tried = this.#tried.promise;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  connect(): void {
    this.#running ??= this.#keepConnected();
  }

  get ready(): boolean {
    return this.#open instanceof Link;
  }

  async run(
    script: Script,
    keys: readonly string[],
    args: readonly string[],
    options?: CallOptions,
  ): Promise<unknown> {
    return this.#link.run(script, keys, args, options);
  }

  async send(command: string, args: string[], options?: CallOptions): Promise<unknown> {
    return this.#link.send(command, args, options);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#latest?.close();
    await this.#running;
  }

  get #link(): Link {
    if (this.#open instanceof StoreUnavailable) throw this.#open;
    return this.#open;
  }

  async #keepConnected(): Promise<void> {
    const { clock, onChange } = this.#parts;
    const { signal } = this.#closing;
    let toldAway = false;
    while (!signal.aborted) {
      const link = new Link(this.#parts);
      this.#latest = link;
      if (await link.open()) {
        this.#open = link;
        toldAway = false;
        this.#tried.resolve(undefined);
        onChange?.(undefined);
      }
      const reason = await link.loss;
      this.#open = reason;
      this.#tried.resolve(reason);
      if (signal.aborted) return;
      if (!toldAway) onChange?.(reason);
      toldAway = true;
      await clock.sleep(RETRY_MS, signal);
    }
  }
}
