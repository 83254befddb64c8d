import { StoreUnavailable } from '../core/store.ts';
import { Link, type LinkParts } from './link.ts';
import type { Script } from './script.ts';

/** From one try to connect to the next, in milliseconds of real time. */
const RETRY_MS = 250;

export interface ConnectionParts extends LinkParts {
  /** Told whenever Redis has become available, without a reason, or has ceased to be. Must not throw. */
  readonly onChange?: (reason: Error | undefined) => void;
}

/**
 * The way to Redis: a link, and the next one when that is lost.
 *
 * While there is none every call fails at once. So nothing piles up however long Redis is away, and nothing is
 * asked of it but whether it is back. Nothing is ever sent twice that may have been done.
 */
export class RedisConnection {
  readonly #parts: ConnectionParts;
  readonly #closing = new AbortController();
  /** The one that may be opening still, or be lost. */
  #newest: Link | undefined;
  /** The one that takes calls. */
  #link: Link | undefined;
  #unavailable: Error = new StoreUnavailable('there is no connection to Redis yet');
  #kept: Promise<void> | undefined;
  /** What was last told. */
  #said: 'here' | 'away' | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Begins to connect, and keeps at it until `close`. */
  connect(): void {
    this.#kept ??= this.#keep();
  }

  /** Whether calls are sent at all. */
  get ready(): boolean {
    return this.#link !== undefined;
  }

  /** Runs a script. Rejects with a StoreUnavailable if it is not answered in time; it may have been run. */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#link?.run(script, keys, args) ?? Promise.reject(this.#unavailable);
  }

  /** Sends a command. Rejects with a StoreUnavailable if it is not answered in time; it may have been done. */
  send(command: string, args: string[]): Promise<unknown> {
    return this.#link?.send(command, args) ?? Promise.reject(this.#unavailable);
  }

  /** Ends all that is under way; calls fail from now on. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#newest?.close();
    await this.#kept;
  }

  async #keep(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const reason = await this.#untilLost();
      if (signal.aborted) return;
      if (this.#said !== 'away') this.#parts.onChange?.(reason);
      this.#said = 'away';
      await this.#parts.clock.sleep(RETRY_MS, signal);
    }
  }

  /** Connects, and waits for the end of that. @returns why there is no connection any more, or none came about */
  async #untilLost(): Promise<Error> {
    const link = new Link(this.#parts);
    this.#newest = link;
    try {
      await link.open();
      this.#link = link;
      this.#said = 'here';
      this.#parts.onChange?.(undefined);
      this.#unavailable = await link.loss;
    } catch (error) {
      this.#unavailable = awayFor(error);
    }
    this.#link = undefined;
    return this.#unavailable;
  }
}

/** Whatever it is for which no connection came about: it is the store that is away, and no call's own failure. */
function awayFor(cause: unknown): StoreUnavailable {
  if (cause instanceof StoreUnavailable) return cause;
  return new StoreUnavailable(cause instanceof Error ? cause.message : 'Redis cannot be reached');
}
