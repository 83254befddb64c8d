import type { Clock } from '../core/clock.ts';
import { type Announce, ofCode } from '../core/events.ts';
import type { Log } from '../log/log.ts';
import { attempt, backOff, MAX_ATTEMPTS } from './attempt.ts';
import {
  type AttemptFailure,
  type Channel,
  type DeliveryFailure,
  type Message,
  SENDS_AT_ONCE,
} from './channel.ts';
import type { CodeEnd, DeliveryFailureReason } from './facts.ts';
import { copiesWith, type FindFault } from './fault.ts';
import { Slots } from './slots.ts';

/** Most messages that may wait for one channel: a few megabytes. */
const CAPACITY = 10_000;

/** Messages dropped before yielding to the event loop. */
const BATCH = 500;

/** The longest that one message's failure stops all others of the channel, in milliseconds. */
const LONGEST_PAUSE_MS = 30_000;

export interface QueueParts {
  /** Service time for the lifetimes of codes, real time for waits. */
  readonly clock: Clock;
  readonly log: Log;
  readonly announce: Announce;
  /** The faults that a test has set. */
  readonly findFault?: FindFault;
}

/**
 * The messages of one channel. They wait here, so that a slow or broken provider delays neither requests nor other
 * channels.
 *
 * A few are sent at a time, and a temporary failure is retried. No attempt begins once the code has ended, by an event or
 * by the clock; an attempt that has begun may finish. Waits are real time, lifetimes of codes are service time.
 *
 * A provider that is busy gets no message for as long as it says, half a minute at most: it may speak of one recipient
 * alone. The message that it refused waits as long as it says.
 */
export class DeliveryQueue {
  readonly #channel: Channel;
  readonly #parts: QueueParts;
  /** All messages that wait or are being sent, by the code's id. */
  readonly #jobs = new Map<string, Job>();
  readonly #slots: Slots<Job>;
  /** Reservations for messages to come. */
  #reserved = 0;
  /** Whether the last attempt failed, for any message. */
  #failing = false;
  /** Why no message is accepted any more. */
  #ended: DeliveryFailureReason | undefined;
  readonly #ending = new AbortController();

  constructor(channel: Channel, parts: QueueParts) {
    this.#channel = channel;
    this.#parts = parts;
    this.#slots = new Slots(parts.clock, SENDS_AT_ONCE, (job) => this.#start(job));
  }

  /** How many messages wait or are being sent. */
  get size(): number {
    return this.#jobs.size;
  }

  /**
   * Reserves room for a message while `issue` makes its code; `add` takes the message in the meantime, if there is one.
   *
   * @returns undefined if the queue is full or has ended: then no code is made
   */
  async withRoom<T>(issue: () => Promise<T>): Promise<T | undefined> {
    if (this.#ended !== undefined || this.#jobs.size + this.#reserved >= CAPACITY) return undefined;
    this.#reserved++;
    try {
      return await issue();
    } finally {
      this.#reserved--;
    }
  }

  /**
   * Accepts a message that has room reserved. It takes the place of one of the same code that still waits; the outcome
   * of one that is being sent is not announced.
   */
  add(message: Message): void {
    if (this.#ended !== undefined) {
      this.#announce(message, this.#ended);
      return;
    }
    const earlier = this.#jobs.get(message.id);
    if (earlier !== undefined && !earlier.sending) this.#remove(earlier);
    const job: Job = { message, copies: 1, attempts: 0, sending: false, left: new AbortController() };
    this.#jobs.set(message.id, job);
    this.#prepare(job);
  }

  /** Notes that a code has ended: no attempt to send it begins any more. */
  drop(id: string, end: CodeEnd): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    if (job.sending) job.codeEnd = end;
    else this.#settle(job, end);
  }

  /**
   * Drops the messages whose codes have expired by the clock. The event that says so comes to one replica alone, and to
   * none if the store has lost the code.
   */
  async dropExpired(): Promise<void> {
    const now = this.#parts.clock.now();
    const expired = [...this.#jobs.values()].filter(({ message }) => now >= message.expiresAt);
    await this.#inBatches(expired, ({ message }) => this.drop(message.id, 'expired'));
  }

  /**
   * Forgets one user's messages, or all, and announces none of them. It takes effect at the call; the promise resolves
   * when the attempts are aborted.
   */
  async forget(user?: string): Promise<void> {
    const jobs = [...this.#jobs.values()].filter(({ message }) => (user ?? message.user) === message.user);
    for (const { message } of jobs) this.#jobs.delete(message.id);
    await this.#inBatches(jobs, (job) => this.#remove(job));
  }

  /** Accepts no message any more, and drops those it has. @returns how many it dropped */
  async end(reason: DeliveryFailureReason): Promise<number> {
    this.#ended ??= reason;
    this.#ending.abort();
    let dropped = 0;
    await this.#inBatches([...this.#jobs.values()], (job) => {
      dropped += Number(this.#has(job));
      this.#settle(job, reason);
    });
    return dropped;
  }

  /** Takes a step for each job. Between two batches the event loop serves requests. */
  async #inBatches(jobs: readonly Job[], step: (job: Job) => void): Promise<void> {
    for (const [i, job] of jobs.entries()) {
      step(job);
      if (i % BATCH === BATCH - 1) await this.#parts.clock.yieldToEventLoop();
    }
  }

  /** Applies the fault that a test has set for the message, if any, before its first attempt. */
  async #prepare(job: Job): Promise<void> {
    // If the lookup fails, there is no fault.
    const fault = (await this.#parts.findFault?.(job.message).catch(() => undefined)) ?? {};
    job.copies = copiesWith(fault);
    if (fault.fail) this.#settle(job, 'injected_fault');
    else this.#attemptIn(job, fault.delayMs ?? 0);
  }

  async #attemptIn(job: Job, waitMs: number): Promise<void> {
    if (waitMs > 0) await this.#parts.clock.sleep(waitMs, job.left.signal);
    if (this.#has(job)) this.#slots.add(job);
  }

  #start(job: Job): Promise<void> | undefined {
    // A message whose code has expired stays in the queue until it is dropped, as with every other end.
    const expired = this.#parts.clock.now() >= job.message.expiresAt;
    return this.#ended !== undefined || expired || !this.#has(job) ? undefined : this.#attempt(job);
  }

  async #attempt(job: Job): Promise<void> {
    const { clock, log } = this.#parts;
    const send = async (signal: AbortSignal) => {
      for (let copy = 0; copy < job.copies; copy++) await this.#channel.send(job.message, signal);
    };
    job.attempts++;
    job.sending = true;
    const failure = await attempt(send, clock, job.left.signal, (bug) =>
      log.error('a channel threw an unexpected error', bug, { channel: this.#channel.name }),
    );
    job.sending = false;
    if (this.#has(job)) this.#conclude(job, failure);
  }

  #conclude(job: Job, failure: DeliveryFailure | undefined): void {
    const { reason, temporary = false, pauseMs = 0 } = failure ?? {};
    if (reason !== undefined) job.fault = reason;
    this.#noteHealth(reason);
    if (pauseMs > 0) this.#slots.pause(Math.min(pauseMs, LONGEST_PAUSE_MS), this.#ending.signal);
    if (reason === undefined) this.#settle(job);
    else if (reason === 'gone') this.#disable();
    else if (job.codeEnd !== undefined) this.#settle(job, job.codeEnd);
    else if (!temporary || job.attempts === MAX_ATTEMPTS) this.#settle(job, reason);
    else this.#attemptIn(job, Math.max(backOff(job.attempts), pauseMs));
  }

  /** Logs when a channel begins to fail and when it recovers, not each attempt. */
  #noteHealth(fault: AttemptFailure | undefined): void {
    const { log } = this.#parts;
    const channel = this.#channel.name;
    if (fault !== undefined && !this.#failing) log.warn('a channel is failing', { channel, fault });
    if (fault === undefined && this.#failing) log.info('a channel has recovered', { channel });
    this.#failing = fault !== undefined;
  }

  #disable(): void {
    const channel = this.#channel.name;
    this.#parts.log.warn('a channel is off until the next start: its endpoint is gone', { channel });
    this.end('gone');
  }

  #has(job: Job): boolean {
    return this.#jobs.get(job.message.id) === job;
  }

  /** Announces the outcome of a message that is still in the queue, and removes it. Delivered, if there is no reason. */
  #settle(job: Job, reason?: DeliveryFailureReason): void {
    if (!this.#has(job)) return;
    this.#remove(job);
    this.#announce(job.message, reason, job.fault);
  }

  #announce(message: Message, reason?: DeliveryFailureReason, fault?: AttemptFailure): void {
    const { requestId } = message;
    const cause = requestId === undefined ? {} : { requestId };
    const { name: channel } = this.#channel;
    this.#parts.announce(
      reason === undefined
        ? { ...ofCode('otp.delivered', message, cause), channel }
        : { ...ofCode('otp.delivery_failed', message, cause), channel, reason, ...(fault && { fault }) },
    );
  }

  #remove(job: Job): void {
    this.#jobs.delete(job.message.id);
    this.#slots.remove(job);
    // A fixed reason: without one each abort creates an error, and thousands may leave at once.
    job.left.abort('it has left the queue');
  }
}

/** A message in the queue. */
interface Job {
  readonly message: Message;
  /** How often an attempt sends it: more or less than once if a test has set a fault. */
  copies: number;
  attempts: number;
  sending: boolean;
  /** Why the last attempt failed. */
  fault?: AttemptFailure;
  /** How its code ended during the attempt. */
  codeEnd?: CodeEnd;
  /** Aborts when the message leaves the queue. */
  readonly left: AbortController;
}
