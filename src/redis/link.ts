import { RedisClient } from 'bun';
import { StoreUnavailable } from '../core/store.ts';
import { refusalOf } from './errors.ts';
import { PendingCalls } from './pending-calls.ts';
import type { CallOptions, Redis } from './redis.ts';
import type { RedisClock } from './redis-clock.ts';
import { listOf } from './replies.ts';
import { SCRIPTS, type Script } from './scripts.ts';

export interface LinkParts {
  readonly url: string;
  /** Learns Redis's time from every answer that tells it. */
  readonly clock: RedisClock;
  /** Real time that each call may take. */
  readonly timeoutMs: number;
  /** Rejects with StoreUnavailable if the service must not use this Redis. Called when a link opens. */
  readonly check?: (send: Redis['send']) => Promise<void>;
}

/**
 * One connection to Redis, from its opening to its loss.
 *
 * The first call that is not answered in time loses it: Redis answers in order, so every later call waits as well. A
 * lost link never comes back.
 */
export class Link {
  readonly #parts: LinkParts;
  readonly #client: RedisClient;
  readonly #calls: PendingCalls;
  readonly #loss = Promise.withResolvers<StoreUnavailable>();
  /** Resolves to the reason once the link is lost. */
  readonly loss = this.#loss.promise;
  #lost: StoreUnavailable | undefined;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    const late = () => this.#lose(new StoreUnavailable('Redis did not answer in time'));
    this.#calls = new PendingCalls(parts.clock, late);
    this.#client = new RedisClient(parts.url, {
      autoReconnect: false,
      enableOfflineQueue: false,
      // Off, since it fires before a stalled process has read what arrived. `open` has the time-out of any call.
      connectionTimeout: 0,
    });
    this.#client.onclose = () => this.#lose(new StoreUnavailable('the connection to Redis is closed'));
  }

  /** Connects, once only. Rejects if it cannot. */
  async connect(): Promise<void> {
    await this.#inTime(this.#client.connect(), this.#deadline());
  }

  /**
   * Connects, once only, and checks that Redis takes steps. It is enough that Redis takes the steps that end something: a full Redis must be reached,
   * because ending what it has makes room in it.
   *
   * @returns whether it is open; otherwise it is lost
   */
  async open(): Promise<boolean> {
    try {
      const { clock, check } = this.#parts;
      await this.connect();
      const askedAt = clock.monotonic();
      const [seconds, micros] = listOf(await this.send('TIME', []));
      clock.learn(Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000), askedAt);
      await check?.((command, args) => this.send(command, args));
      await this.run(SCRIPTS.probeEnding, [], []);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'Redis cannot be reached';
      this.#lose(error instanceof StoreUnavailable ? error : new StoreUnavailable(reason));
      return false;
    }
  }

  /** Sends a command. Rejects with StoreUnavailable if no answer comes by the deadline. */
  async send(command: string, args: string[], options: CallOptions = {}): Promise<unknown> {
    const { deadline = this.#deadline(), asking = false } = options;
    if (this.#lost !== undefined) throw this.#lost;
    // Holds for the next command alone. Bun's client sends what one step of the event loop gives it in that order.
    if (asking) this.#client.send('ASKING', []).catch(() => {});
    return this.#inTime(this.#client.send(command, args), deadline);
  }

  /**
   * Runs a script. Rejects with StoreUnavailable if no answer comes in time.
   *
   * It is sent a second time only if the first did nothing: Redis did not know the script, or found its deadline
   * passed because we took Redis's clock to be behind. The first answer has told us the time.
   */
  async run(
    script: Script,
    keys: readonly string[],
    args: readonly string[],
    { deadline = this.#deadline(), asking = false }: CallOptions = {},
  ): Promise<unknown> {
    const attempt = () => {
      const redisDeadline = this.#parts.clock.at(deadline);
      const operands = [`${keys.length}`, ...keys, ...args, `${redisDeadline}`];
      return this.#evaluate(script, operands, { deadline, asking });
    };
    const first = await attempt();
    const answer = first.length < 2 ? await attempt() : first;
    if (answer.length < 2) throw new StoreUnavailable('Redis reached the call after its deadline');
    return answer[1];
  }

  close(): void {
    this.#lose(new StoreUnavailable('the service has closed its connection to Redis'));
  }

  /** @returns Redis's time and the step's answer; the time alone if the step was skipped as late */
  async #evaluate(script: Script, operands: string[], options: CallOptions): Promise<readonly unknown[]> {
    const { clock } = this.#parts;
    let askedAt = clock.monotonic();
    const reply = await this.send('EVALSHA', [script.sha, ...operands], options).catch((error) => {
      // Redis does not know the script: it has restarted, or is another one than before.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      askedAt = clock.monotonic();
      return this.send('EVAL', [script.source, ...operands], options);
    });
    const answer = listOf(reply);
    clock.learn(Number(answer[0]), askedAt);
    return answer;
  }

  /** Waits for a reply until the deadline. A reply from a Redis that takes no steps loses the link. */
  #inTime(reply: Promise<unknown>, deadline: number): Promise<unknown> {
    const judged = reply.catch((thrown) => {
      const refusal = refusalOf(thrown);
      if (refusal?.losesLink) this.#lose(refusal.error);
      throw refusal?.error ?? thrown;
    });
    return this.#calls.wait(judged, deadline);
  }

  /** The deadline of a call that is made now, by `Clock.monotonic`. */
  #deadline(): number {
    return this.#parts.clock.monotonic() + this.#parts.timeoutMs;
  }

  #lose(reason: StoreUnavailable): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    this.#calls.fail(reason);
    this.#client.close();
    this.#loss.resolve(reason);
  }
}
