import type { Clock } from '../core/clock.ts';
import type { Log } from '../log/log.ts';
import { attempt } from './attempt.ts';
import { backOff, MAX_TRIES } from './backoff.ts';
import type { Channel, DeliveryFailure, Fault, Message } from './channel.ts';
import type { DeliveryFailureReason } from './facts.ts';
import type { Mishap, Mishaps } from './mishap.ts';

/** Most messages that may wait for one channel: a few megabytes. */
const CAPACITY = 10_000;

/** Messages that a channel sends at a time. */
export const SENDS_AT_ONCE = 8;

/** Messages that are dropped between two breaths. */
const BATCH = 500;

export interface QueueParts {
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Told of each message, once, what came of it: it was delivered, if there is no reason why not.
   *
   * @param fault what the last try failed with, if one did
   */
  readonly report: (message: Message, reason?: DeliveryFailureReason, fault?: Fault) => void;
  readonly mishaps?: Mishaps | undefined;
}

/**
 * The messages of one channel, which wait here so that nobody else does: a provider that is slow or down costs
 * neither requests nor other channels anything.
 *
 * A few are sent at a time. One that fails in a way that passes is tried again later. No try begins once its code
 * has ended, whether events have said so or the clock does; one that is under way then may finish. Waits are real
 * time, the life of a code is service time.
 */
export class DeliveryQueue {
  readonly #channel: Channel;
  readonly #parts: QueueParts;
  /** All that wait or are under way, by the code's id. */
  readonly #jobs = new Map<string, Job>();
  /** Those that are next when there is a place, the longest waiting first. */
  readonly #ready = new Set<Job>();
  /** Places that are kept for messages to come. */
  #kept = 0;
  #underWay = 0;
  /** Pauses that the provider has asked for and that are not over. */
  #pauses = 0;
  /** Whether the last try failed, of whatever message. */
  #failing = false;
  /** Why nothing is taken any more. */
  #ended: DeliveryFailureReason | undefined;
  readonly #ending = new AbortController();

  constructor(channel: Channel, parts: QueueParts) {
    this.#channel = channel;
    this.#parts = parts;
  }

  /** How many messages wait or are under way. */
  get size(): number {
    return this.#jobs.size;
  }

  /**
   * Keeps a place while `issue` makes a code, whose message `add` is told of meanwhile, if it comes to that.
   *
   * @returns undefined if there is no room: then nothing is made
   */
  async withPlace<T>(issue: () => Promise<T>): Promise<T | undefined> {
    if (this.#ended !== undefined || this.#jobs.size + this.#kept >= CAPACITY) return undefined;
    this.#kept++;
    try {
      return await issue();
    } finally {
      this.#kept--;
    }
  }

  /** Takes a message that a place was kept for. */
  add(message: Message): void {
    const job: Job = { message, copies: 1, tries: 0, underWay: false, left: new AbortController() };
    this.#jobs.set(message.id, job);
    const mishap = this.#parts.mishaps?.(message);
    if (mishap instanceof Promise) this.#beginWith(job, mishap);
    else this.#begin(job, mishap);
  }

  /** A code has ended: no try of its message begins any more. Does nothing if there is none. */
  drop(id: string, reason: DeliveryFailureReason): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    if (job.underWay) job.codeEnded = reason;
    else this.#settle(job, reason);
  }

  /** Forgets everything, or all that is one user's, at the call, and reports nothing of it; then gives it up. */
  async forget(user?: string): Promise<void> {
    const jobs = [...this.#jobs.values()].filter(({ message }) => (user ?? message.user) === message.user);
    for (const { message } of jobs) this.#jobs.delete(message.id);
    for (const [i, job] of jobs.entries()) {
      this.#remove(job);
      if (i % BATCH === BATCH - 1) await this.#parts.clock.yieldToEventLoop();
    }
  }

  /** Takes nothing any more, and drops what is left. @returns how many messages that were */
  async end(reason: DeliveryFailureReason): Promise<number> {
    this.#ended ??= reason;
    this.#ending.abort();
    let dropped = 0;
    for (const job of this.#jobs.values()) {
      this.#settle(job, reason);
      dropped++;
      if (dropped % BATCH === 0) await this.#parts.clock.yieldToEventLoop();
    }
    return dropped;
  }

  #begin(job: Job, { fail, drop, duplicate, delayMs = 0 }: Mishap = {}): void {
    job.copies = drop ? 0 : duplicate ? 2 : 1;
    const reason = this.#ended ?? (fail ? 'injected_fault' : undefined);
    if (reason !== undefined) this.#settle(job, reason);
    else if (delayMs > 0) this.#makeReadyIn(job, delayMs);
    else this.#makeReady(job);
  }

  /** Begins when it is known what is to go wrong; nothing is if nobody can say. */
  async #beginWith(job: Job, asked: Promise<Mishap | undefined>): Promise<void> {
    const mishap = await asked.catch(() => undefined);
    if (this.#has(job)) this.#begin(job, mishap);
  }

  #makeReady(job: Job): void {
    this.#ready.add(job);
    this.#pump();
  }

  async #makeReadyIn(job: Job, waitMs: number): Promise<void> {
    await this.#parts.clock.sleep(waitMs, job.left.signal);
    if (this.#has(job)) this.#makeReady(job);
  }

  /** Begins as many tries as may be under way. */
  #pump(): void {
    while (this.#ended === undefined && this.#pauses === 0 && this.#underWay < SENDS_AT_ONCE) {
      const [job] = this.#ready;
      if (job === undefined) return;
      this.#ready.delete(job);
      // The end of one that has run out is about to be announced: it is dropped then, like all others.
      if (this.#has(job) && this.#parts.clock.now() < job.message.expiresAt) this.#try(job);
    }
  }

  async #try(job: Job): Promise<void> {
    const { clock, log } = this.#parts;
    this.#underWay++;
    job.underWay = true;
    job.tries++;
    const send = async (signal: AbortSignal) => {
      for (let copy = 0; copy < job.copies; copy++) await this.#channel.send(job.message, signal);
    };
    const failure = await attempt(send, clock, job.left.signal, (bug) =>
      log.error('a channel failed', bug, { channel: this.#channel.name }),
    );
    this.#underWay--;
    job.underWay = false;
    if (this.#has(job)) this.#conclude(job, failure);
    this.#pump();
  }

  #conclude(job: Job, failure: DeliveryFailure | undefined): void {
    const { fault, passing = false, pauseMs = 0 } = failure ?? {};
    if (fault !== undefined) job.fault = fault;
    this.#noteHealth(fault);
    if (pauseMs > 0) this.#pause(pauseMs);
    if (fault === undefined) this.#settle(job);
    else if (fault === 'gone') this.#disable();
    else if (job.codeEnded !== undefined) this.#settle(job, job.codeEnded);
    else if (!passing || job.tries === MAX_TRIES) this.#settle(job, fault);
    else this.#makeReadyIn(job, Math.max(backOff(job.tries), pauseMs));
  }

  /** Says in the log when a channel begins to fail, and when it is well again: not at each try. */
  #noteHealth(fault: Fault | undefined): void {
    const { log } = this.#parts;
    const channel = this.#channel.name;
    if (fault !== undefined && !this.#failing) log.warn('a channel fails', { channel, fault });
    if (fault === undefined && this.#failing) log.info('a channel delivers again', { channel });
    this.#failing = fault !== undefined;
  }

  /** Leaves the provider alone for as long as it wants. */
  async #pause(ms: number): Promise<void> {
    this.#pauses++;
    await this.#parts.clock.sleep(ms, this.#ending.signal);
    this.#pauses--;
    this.#pump();
  }

  #disable(): void {
    this.#parts.log.warn(
      'a channel is off until the service starts again: its endpoint says that it is gone',
      {
        channel: this.#channel.name,
      },
    );
    this.end('gone');
  }

  #has(job: Job): boolean {
    return this.#jobs.get(job.message.id) === job;
  }

  #settle(job: Job, reason?: DeliveryFailureReason): void {
    this.#remove(job);
    this.#parts.report(job.message, reason, job.fault);
  }

  #remove(job: Job): void {
    this.#jobs.delete(job.message.id);
    this.#ready.delete(job);
    // With a reason of its own, or each would make an error, and thousands may leave at once.
    job.left.abort('it has left the queue');
  }
}

/** A message in the queue. */
interface Job {
  readonly message: Message;
  /** How often it goes out: twice or not at all where a test wants that. */
  copies: number;
  tries: number;
  underWay: boolean;
  /** What the last try failed with. */
  fault?: Fault;
  /** What became of its code while it was under way. */
  codeEnded?: DeliveryFailureReason;
  /** Aborts when it leaves the queue. */
  readonly left: AbortController;
}
