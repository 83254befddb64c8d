import { RedisClient } from 'bun';
import type { Clock } from '../core/clock.ts';
import { StoreUnavailable } from '../core/store.ts';
import probe from './lua/probe.lua' with { type: 'text' };
import { PendingCalls } from './pending-calls.ts';
import { isUnknownScript, refusalOf } from './refusal.ts';
import { Script } from './script.ts';
import { ServerTime } from './server-time.ts';

/** Whether Redis takes steps that write. */
export const PROBE = new Script(probe);

/**
 * Whether it takes those that end things. That is all that a connection needs: a full Redis has to be reached, for the
 * end of what it has makes room in it.
 */
const ENDING_PROBE = new Script(probe, { flags: 'allow-oom' });

export interface LinkParts {
  readonly url: string;
  readonly clock: Clock;
  /** Real time that each call may take. */
  readonly timeoutMs: number;
}

/**
 * One connection to Redis, from its opening to its loss. It is lost with the first call that is not answered in
 * time: Redis answers in order, so whatever was sent after that one waits as well. It never comes back.
 */
export class Link {
  readonly #parts: LinkParts;
  readonly #client: RedisClient;
  readonly #time = new ServerTime();
  readonly #calls: PendingCalls;
  readonly #loss = Promise.withResolvers<Error>();
  #lost: Error | undefined;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    const late = () => this.#lose(new StoreUnavailable('Redis does not answer in time'));
    this.#calls = new PendingCalls(parts.clock, late);
    this.#client = new RedisClient(parts.url, {
      autoReconnect: false,
      enableOfflineQueue: false,
      // Its own would ring before what has come is read, where the process stood still: connecting is a call like others.
      connectionTimeout: 0,
    });
    this.#client.onclose = () => this.#lose(new StoreUnavailable('the connection to Redis is closed'));
  }

  /** Connects to a Redis that takes steps; once only. Rejects, and is lost, if there is none in time. */
  async open(): Promise<void> {
    try {
      await this.#inTime(this.#client.connect(), this.#giveUpAt());
      await this.#hearTime();
      await this.run(ENDING_PROBE, [], []);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Resolves to the reason once the link is lost. */
  get loss(): Promise<Error> {
    return this.#loss.promise;
  }

  /** Sends a command. Rejects with a StoreUnavailable if it is not answered in time. @param giveUpAt when that is over */
  send(command: string, args: string[], giveUpAt = this.#giveUpAt()): Promise<unknown> {
    return this.#lost === undefined
      ? this.#inTime(this.#client.send(command, args), giveUpAt)
      : Promise.reject(this.#lost);
  }

  /**
   * Runs a script, which does nothing once nobody waits for it any more. What did nothing is sent a second time: a
   * script that Redis did not know, or one that came too late because we took its clock to be behind.
   *
   * Rejects with a StoreUnavailable if it is not answered in time.
   */
  async run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const giveUpAt = this.#giveUpAt();
    const once = () => {
      const operands = [`${keys.length}`, ...keys, ...args, `${this.#time.at(giveUpAt)}`];
      return this.#evaluate(script, operands, giveUpAt);
    };
    const first = await once();
    const answer = first.length < 2 ? await once() : first;
    if (answer.length < 2) throw new StoreUnavailable('Redis came to the call too late');
    return answer[1];
  }

  close(): void {
    this.#lose(new StoreUnavailable('the connection to Redis was closed'));
  }

  async #hearTime(): Promise<void> {
    const said = await this.send('TIME', []);
    if (!Array.isArray(said)) throw new Error('Redis has answered TIME without the time');
    this.#time.hear(
      Number(said[0]) * 1_000 + Math.floor(Number(said[1]) / 1_000),
      this.#parts.clock.monotonic(),
    );
  }

  /** @returns the server's time, and what the script's step came to; without that, it was late */
  async #evaluate(script: Script, operands: string[], giveUpAt: number): Promise<readonly unknown[]> {
    const answer = await this.send('EVALSHA', [script.sha, ...operands], giveUpAt).catch((error) => {
      if (!isUnknownScript(error)) throw error;
      return this.send('EVAL', [script.source, ...operands], giveUpAt);
    });
    if (!Array.isArray(answer)) throw new Error('a script has answered without the time');
    this.#time.hear(Number(answer[0]), this.#parts.clock.monotonic());
    return answer;
  }

  /** What a command comes to, if that is in time. A refusal that will last ends the link. */
  #inTime(reply: Promise<unknown>, giveUpAt: number): Promise<unknown> {
    const judged = reply.catch((thrown) => {
      const { error, isLasting } = refusalOf(thrown);
      if (isLasting) this.#lose(error);
      throw error;
    });
    return this.#calls.wait(judged, giveUpAt);
  }

  /** Until when a call waits that is made now, by the clock that flows evenly. */
  #giveUpAt(): number {
    return this.#parts.clock.monotonic() + this.#parts.timeoutMs;
  }

  #lose(reason: Error): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    this.#calls.fail(reason);
    this.#client.close();
    this.#loss.resolve(reason);
  }
}
