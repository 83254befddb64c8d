import { StoreUnavailable } from '../core/store.ts';
import { Link, type LinkParts } from './link.ts';
import type { Script } from './scripts.ts';

/** Real time between two attempts to connect, in milliseconds. */
const RETRY_MS = 250;

export interface ConnectionParts extends LinkParts {
  /** Called when Redis becomes available, without a reason, and when it becomes unavailable. Must not throw. */
  readonly onChange?: (reason: Error | undefined) => void;
}

/**
 * The connection to Redis: a link, and a new one whenever that is lost.
 *
 * Without a link every call fails at once. So no calls pile up however long Redis is away, and Redis is asked nothing
 * but whether it is back. A call that may have taken effect is never sent twice.
 */
export class RedisConnection {
  readonly #parts: ConnectionParts;
  readonly #closing = new AbortController();
  /** The latest link, which may still be opening, or be lost. */
  #latest: Link | undefined;
  /** The open link, or the reason why no link is open. */
  #open: Link | StoreUnavailable = new StoreUnavailable('there is no connection to Redis yet');
  #running: Promise<void> | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Starts to connect, and reconnects until `close`. */
  connect(): void {
    this.#running ??= this.#keepConnected();
  }

  /** Whether there is a link that takes calls. */
  get ready(): boolean {
    return this.#open instanceof Link;
  }

  /** Runs a script. Rejects with StoreUnavailable if no answer comes in time; the script may have run. */
  async run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#link.run(script, keys, args);
  }

  /** Sends a command. Rejects with StoreUnavailable if no answer comes in time; it may have taken effect. */
  async send(command: string, args: string[]): Promise<unknown> {
    return this.#link.send(command, args);
  }

  /** Fails every pending call, and every later one. */
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
        onChange?.(undefined);
      }
      const reason = await link.loss;
      this.#open = reason;
      if (signal.aborted) return;
      if (!toldAway) onChange?.(reason);
      toldAway = true;
      await clock.sleep(RETRY_MS, signal);
    }
  }
}
