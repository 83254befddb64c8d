import { StoreUnavailable } from '../core/store.ts';
import { RedisConnection } from './connection.ts';
import { Redirected } from './errors.ts';
import { Link } from './link.ts';
import { PendingCalls } from './pending-calls.ts';
import type { CallOptions, Redis } from './redis.ts';
import { RedisClock } from './redis-clock.ts';
import type { Script } from './scripts.ts';
import { addressFrom, ownersOf, slotOf } from './slots.ts';

/** Real time between two looks at whether the map of slots must be read again, in milliseconds. */
const LOOK_MS = 250;

export interface ClusterParts {
  /** Addresses at which to ask for the map of slots first, as `host:port`. */
  readonly seeds: readonly string[];
  /** Makes the URL of a node from its address. */
  readonly urlOf: (address: string) => string;
  /** Service time: follows the clock of the node that is in use for longest. */
  readonly clock: RedisClock;
  /** Real time that each call may take. */
  readonly timeoutMs: number;
  /** Rejects with StoreUnavailable if the service must not use this cluster. No call is taken before it resolves. */
  readonly check?: (send: Redis['send']) => Promise<void>;
  /** Called when a node becomes available, without a reason, or unavailable, or is dropped. Must not throw. */
  readonly onChange?: (reason: Error | undefined, address: string, node?: RedisConnection) => void;
}

/**
 * A Redis Cluster: a connection to each primary in use, and the map that says which of them has a slot.
 *
 * A call goes to the primary of its key's slot, and fails if that one is away; calls to others are served. A node that
 * answers MOVED or ASK has not taken the step, so it is sent once more, to the node that it names, within the same
 * deadline. The map is read again after a call that failed, at most every 250 ms.
 */
export class RedisCluster implements Redis {
  readonly #parts: ClusterParts;
  readonly #closing = new AbortController();
  /** By address. Each is opened by the first call to it. */
  readonly #nodes = new Map<string, RedisConnection>();
  /** The address of each slot's primary. */
  #owners: (string | undefined)[] = [];
  #isStale = true;
  #reads = 0;
  /** Why no call is taken yet. */
  #refusal: StoreUnavailable | undefined = new StoreUnavailable('there is no connection to the cluster yet');
  #running: Promise<void> | undefined;
  /** Resolves when all dropped nodes are closed. */
  #dropped: Promise<unknown> = Promise.resolve();
  readonly #tried = Promise.withResolvers<Error | undefined>();
  readonly tried = this.#tried.promise;

  constructor(parts: ClusterParts) {
    this.#parts = parts;
  }

  connect(): void {
    this.#running ??= this.#keepMap();
  }

  get ready(): boolean {
    return this.#refusal === undefined && [...this.#nodes.values()].every(({ ready }) => ready);
  }

  async run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    if (this.#refusal !== undefined) throw this.#refusal;
    return this.#call(keys[0], (node, options) => node.run(script, keys, args, options));
  }

  async send(command: string, args: string[]): Promise<unknown> {
    if (this.#refusal !== undefined) throw this.#refusal;
    return this.#send(command, args);
  }

  async close(): Promise<void> {
    this.#refusal = new StoreUnavailable('the service has closed its connections to the cluster');
    this.#tried.resolve(this.#refusal);
    this.#closing.abort();
    await this.#running;
    await Promise.all([...this.#nodes.values()].map((node) => node.close()));
    await this.#dropped;
  }

  #send(command: string, args: string[]): Promise<unknown> {
    return this.#call(args[0], (node, options) => node.send(command, args, options));
  }

  async #call(
    key: string | undefined,
    attempt: (node: RedisConnection, options: CallOptions) => Promise<unknown>,
  ): Promise<unknown> {
    const deadline = this.#parts.clock.monotonic() + this.#parts.timeoutMs;
    const owner = this.#owners[slotOf(key ?? '')];
    try {
      if (owner === undefined) throw new StoreUnavailable('no node of the cluster has the slot');
      return await attempt(await this.#node(owner, deadline), { deadline });
    } catch (error) {
      if (error instanceof StoreUnavailable) this.#isStale = true;
      if (!(error instanceof Redirected && owner !== undefined)) throw error;
      const { asking, slot } = error;
      const address = addressFrom(error.address, owner);
      if (!asking) this.#owners[slot] = address;
      return attempt(await this.#node(address, deadline), { deadline, asking });
    }
  }

  /** The connection to a node. Waits until a new one is open or has failed; rejects if that takes too long. */
  async #node(address: string, deadline: number): Promise<RedisConnection> {
    const node = this.#nodes.get(address) ?? this.#open(address);
    if (!node.ready) {
      const late = new StoreUnavailable('the connection to a node did not open in time');
      const opening = new PendingCalls(this.#parts.clock, () => opening.fail(late));
      await opening.wait(node.tried, deadline).finally(() => opening.fail(late));
    }
    return node;
  }

  #open(address: string): RedisConnection {
    const { urlOf, clock, timeoutMs, onChange } = this.#parts;
    const node: RedisConnection = new RedisConnection({
      url: urlOf(address),
      // Deadlines go by the clock of the node that judges them.
      clock: new RedisClock(clock, (told, askedAt) => {
        const [oldest] = this.#nodes.values();
        if (oldest === node) clock.learn(told, askedAt);
      }),
      timeoutMs,
      onChange: (reason) => onChange?.(reason, address, node),
    });
    this.#nodes.set(address, node);
    if (!this.#closing.signal.aborted) node.connect();
    return node;
  }

  async #keepMap(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      if (this.#isStale) {
        this.#isStale = false;
        const failure = await this.#refresh().catch((error: unknown) => error);
        if (failure !== undefined) this.#isStale = true;
        this.#judge(failure);
      }
      await this.#parts.clock.sleep(LOOK_MS, signal);
    }
  }

  async #refresh(): Promise<void> {
    await this.#readMap();
    if (this.#refusal !== undefined) await this.#parts.check?.((command, args) => this.#send(command, args));
  }

  /** Takes calls from the first success on. A later failure is that of nodes, which tell it themselves. */
  #judge(failure: unknown): void {
    if (this.#refusal === undefined || this.#closing.signal.aborted) return;
    const { seeds, onChange } = this.#parts;
    const earlier = this.#refusal.message;
    this.#refusal = failure === undefined ? undefined : unavailable(failure);
    this.#tried.resolve(this.#refusal);
    if (this.#refusal?.message !== earlier) onChange?.(this.#refusal, seeds.join());
  }

  /** Reads the map from the first node that answers, and drops the nodes that have no slot any more. */
  async #readMap(): Promise<void> {
    const known = [...this.#nodes].filter(([, { ready }]) => ready).map(([address]) => address);
    // Another one each time: a node that is cut off from the others has an old map.
    const first = known.length > 0 ? this.#reads++ % known.length : 0;
    const asked = [...known.slice(first), ...known.slice(0, first), ...this.#parts.seeds];
    let failure: unknown;
    for (const address of asked) {
      if (this.#closing.signal.aborted) break;
      try {
        this.#owners = ownersOf(await this.#askForSlots(address), address);
        this.#dropAllBut(new Set(this.#owners));
        return;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  /** Over a connection of its own: Bun's client holds up the calls behind this command. */
  async #askForSlots(address: string): Promise<unknown> {
    const { urlOf, clock, timeoutMs } = this.#parts;
    const link = new Link({ url: urlOf(address), clock, timeoutMs });
    const leave = () => link.close();
    this.#closing.signal.addEventListener('abort', leave);
    try {
      await link.connect();
      return await link.send('CLUSTER', ['SLOTS']);
    } finally {
      this.#closing.signal.removeEventListener('abort', leave);
      link.close();
    }
  }

  /** Pending calls of a dropped node get their answers first. */
  #dropAllBut(owners: ReadonlySet<string | undefined>): void {
    const { clock, timeoutMs, onChange } = this.#parts;
    for (const [address, node] of this.#nodes) {
      if (owners.has(address)) continue;
      this.#nodes.delete(address);
      onChange?.(undefined, address);
      const closed = clock.sleep(timeoutMs, this.#closing.signal).then(() => node.close());
      this.#dropped = Promise.all([this.#dropped, closed]);
    }
  }
}

function unavailable(error: unknown): StoreUnavailable {
  return error instanceof StoreUnavailable
    ? error
    : new StoreUnavailable(error instanceof Error ? error.message : String(error));
}
