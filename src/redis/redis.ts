import type { Script } from './scripts.ts';

/** Redis as the store and the levers use it: one server, or a cluster of them. */
export interface Redis {
  /** Whether it takes calls. */
  readonly ready: boolean;
  /** Resolves once the first attempt to connect has ended: to the reason if it failed. */
  readonly tried: Promise<Error | undefined>;
  /** Starts to connect, and reconnects until `close`. */
  connect(): void;
  /**
   * Runs a script. Rejects with StoreUnavailable if no answer comes in time; the script may have run.
   *
   * @param keys at least one, and in a cluster all of one slot
   */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /**
   * Sends a command. Rejects with StoreUnavailable if no answer comes in time; it may have taken effect.
   *
   * @param args the key comes first
   */
  send(command: string, args: string[]): Promise<unknown>;
  /** Fails every pending call, and every later one. */
  close(): Promise<void>;
}

/** How a call is made to one server. */
export interface CallOptions {
  /** When it fails, by `Clock.monotonic`. */
  readonly deadline?: number;
  /** Whether the server takes it for a slot that is only moving there. */
  readonly asking?: boolean;
}
